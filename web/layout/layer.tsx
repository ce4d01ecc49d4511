import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react';

interface LayerProps {
  label: string;
  opened: boolean;
  onChange(opened: boolean): void;
  /** What the button shows; its accessible name is `buttonLabel` where the content alone says too little. */
  button: ReactNode;
  buttonLabel?: string;
  buttonClass?: string;
  onButtonKey?: (event: KeyboardEvent) => void;
  children: ReactNode;
  className?: string;
  /** Which edge of the button the panel keeps to. */
  align?: 'start' | 'end';
}

const MARGIN = 8;

/** A button with a panel under it: focus moves in, Esc closes and gives it back, a click elsewhere or tabbing out closes too. */
export function Layer(props: LayerProps) {
  const { label, opened, onChange, align = 'start' } = props;
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = useRef(() => {});
  close.current = () => onChange(false);

  useLayoutEffect(() => {
    const element = panel.current;
    if (!opened || !element || !button.current) return;
    const anchor = button.current;
    element.showPopover();
    placeUnder(element, anchor, align);
    const first = element.querySelector<HTMLElement>('[data-autofocus], .preset[aria-pressed="true"], :checked');
    (first ?? element.querySelector<HTMLElement>('button, input, a[href]') ?? element).focus({ preventScroll: true });
    const observer = new ResizeObserver(() => placeUnder(element, anchor, align));
    observer.observe(element);
    return () => observer.disconnect();
  }, [opened, align]);

  useEffect(() => {
    if (!opened) return;
    const onPointer = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!panel.current?.contains(target) && !button.current?.contains(target)) close.current();
    };
    const onScroll = () => panel.current && button.current && placeUnder(panel.current, button.current, align);
    document.addEventListener('pointerdown', onPointer, true);
    window.addEventListener('resize', onScroll);
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      document.removeEventListener('pointerdown', onPointer, true);
      window.removeEventListener('resize', onScroll);
      window.removeEventListener('scroll', onScroll);
    };
  }, [opened, align]);

  // What closes with the focus inside gives it back to the button.
  const wasOpened = useRef(false);
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (wasOpened.current && !opened && lost) button.current?.focus({ preventScroll: true });
    wasOpened.current = opened;
  }, [opened]);

  return (
    <>
      <button
        ref={button}
        type="button"
        className={props.buttonClass ?? 'button'}
        aria-label={props.buttonLabel}
        aria-haspopup="dialog"
        aria-expanded={opened}
        aria-controls={opened ? id : undefined}
        onClick={() => onChange(!opened)}
        onKeyDown={props.onButtonKey}
      >
        {props.button}
      </button>
      {opened && (
        <div
          ref={panel}
          id={id}
          popover="manual"
          role="dialog"
          tabIndex={-1}
          aria-label={label}
          className={`layer ${props.className ?? ''}`}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            onChange(false);
          }}
          onBlur={(event) => {
            const next = event.relatedTarget;
            if (next && !event.currentTarget.contains(next) && next !== button.current) onChange(false);
          }}
        >
          {props.children}
        </div>
      )}
    </>
  );
}

/** Under the button, moved sideways where the window ends, above it where there is more room. */
function placeUnder(panel: HTMLElement, anchor: HTMLElement, align: 'start' | 'end'): void {
  const box = anchor.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const wanted = align === 'start' ? box.left : box.right - panel.offsetWidth;
  const left = Math.max(MARGIN, Math.min(wanted, clientWidth - panel.offsetWidth - MARGIN));
  const below = clientHeight - box.bottom - 2 * MARGIN;
  const above = box.top - 2 * MARGIN;
  const upward = panel.scrollHeight > below && above > below;
  panel.style.left = `${left}px`;
  panel.style.maxHeight = `${Math.max(160, upward ? above : below)}px`;
  panel.style.top = upward ? `${Math.max(MARGIN, box.top - 4 - panel.offsetHeight)}px` : `${box.bottom + 4}px`;
}
