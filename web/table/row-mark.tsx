import { IconFlagFilled } from '@tabler/icons-react';
import { useId, useLayoutEffect, useRef, useState } from 'react';
import type { Mark } from '../../src/contract/result.ts';

const MARGIN = 8;

/** A flag at a row that stands out; pointed at, focused or tapped it says what is unusual. Esc puts the words away. */
export function RowMark({ mark }: { mark: Mark }) {
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
    const below = box.bottom + 4 + element.offsetHeight <= clientHeight - MARGIN;
    element.style.left = `${Math.max(MARGIN, Math.min(box.left, clientWidth - element.offsetWidth - MARGIN))}px`;
    element.style.top = `${below ? box.bottom + 4 : box.top - 4 - element.offsetHeight}px`;
    const hide = (): void => setShown(false);
    window.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      window.removeEventListener('scroll', hide, { capture: true });
      element.hidePopover();
    };
  }, [shown]);
  return (
    <span className="row-mark" onPointerEnter={() => setShown(true)} onPointerLeave={() => setShown(false)}>
      <button
        ref={button}
        type="button"
        className="row-mark-button"
        aria-label="Stands out"
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
        <IconFlagFilled size={14} aria-hidden />
      </button>
      <span ref={words} id={id} role="tooltip" popover="manual" className="row-mark-words">
        {mark.text}
      </span>
    </span>
  );
}
