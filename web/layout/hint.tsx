import { type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';

const MARGIN = 8;

interface HintProps {
  label: string;
  icon: ReactNode;
  /** The words. */
  children: ReactNode;
}

/** A small icon that, pointed at, focused or tapped, says what it means. Esc puts the words away. */
export function Hint({ label, icon, children }: HintProps) {
  const [shown, setShown] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const words = useRef<HTMLSpanElement>(null);
  const id = useId();
  // In the top layer, because a table cuts off what hangs over its edge.
  useLayoutEffect(() => {
    const element = words.current;
    const box = button.current?.getBoundingClientRect();
    if (!shown || !element || !box) return;
    element.showPopover();
    const { clientWidth, clientHeight } = document.documentElement;
    const below = box.bottom + element.offsetHeight <= clientHeight - MARGIN;
    element.style.left = `${Math.max(MARGIN, Math.min(box.left, clientWidth - element.offsetWidth - MARGIN))}px`;
    // Without a gap, so that the pointer can go from the icon to the words.
    element.style.top = `${below ? box.bottom : box.top - element.offsetHeight}px`;
    const hide = (): void => setShown(false);
    window.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      window.removeEventListener('scroll', hide, { capture: true });
      element.hidePopover();
    };
  }, [shown]);
  return (
    <span className="hint" onPointerEnter={() => setShown(true)} onPointerLeave={() => setShown(false)}>
      <button
        ref={button}
        type="button"
        className="hint-button"
        aria-label={label}
        aria-describedby={id}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
        onClick={() => setShown(true)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !shown) return;
          event.stopPropagation();
          setShown(false);
        }}
      >
        {icon}
      </button>
      <span ref={words} id={id} role="tooltip" popover="manual" className="hint-words">
        {children}
      </span>
    </span>
  );
}
