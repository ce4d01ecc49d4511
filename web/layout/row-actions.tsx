import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react';

interface RowActionProps {
  /** By which the focus finds it again: `up`, `remove`. */
  action: string;
  /** With the row's name, for those who do not see it. */
  label: string;
  title: string;
  icon: ReactNode;
  disabled?: boolean;
  expanded?: boolean;
  onClick(): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** What can be done with a row, as a small button. */
export function RowAction({ action, label, title, icon, disabled, expanded, onClick, onKeyDown }: RowActionProps) {
  return (
    <button
      type="button"
      className="button-icon"
      data-action={action}
      aria-label={label}
      aria-expanded={expanded}
      title={title}
      disabled={disabled}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      {icon}
    </button>
  );
}

interface MoveActionsProps {
  up: { label: string; title: string };
  down: { label: string; title: string };
  isFirst: boolean;
  isLast: boolean;
  onMove(by: -1 | 1, action: string): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** Moves a row up or down; `moveByKeys` makes the `onKeyDown` for whatever else of the row holds the focus. */
export function MoveActions({ up, down, isFirst, isLast, onMove, onKeyDown }: MoveActionsProps) {
  return (
    <>
      <RowAction
        {...up}
        action="up"
        icon={<IconArrowUp aria-hidden size={16} />}
        disabled={isFirst}
        onClick={() => onMove(-1, 'up')}
        onKeyDown={onKeyDown}
      />
      <RowAction
        {...down}
        action="down"
        icon={<IconArrowDown aria-hidden size={16} />}
        disabled={isLast}
        onClick={() => onMove(1, 'down')}
        onKeyDown={onKeyDown}
      />
    </>
  );
}

/** Alt with an arrow moves the row of the focused control, whose `data-action` is handed on: `own` where it has none. */
export function moveByKeys(onMove: (by: -1 | 1, action: string) => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(event.key === 'ArrowUp' ? -1 : 1, (event.target as HTMLElement).dataset['action'] ?? 'own');
  };
}

/**
 * A row that moves takes the focus along: the function it returns is called before the change with the row's `data-row` and the
 * `data-action` of its control. Where that is gone or disabled, the focus goes to what `otherwise` selects in the row.
 */
export function useRowFocus(
  list: RefObject<HTMLElement | null>,
  otherwise: string,
): (row: string | number, action: string) => void {
  const wanted = useRef<{ row: string | number; action: string } | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const { row, action } = wanted.current;
    wanted.current = null;
    const element = list.current?.querySelector(`[data-row="${row}"]`);
    const control = element?.querySelector<HTMLElement>(`[data-action="${action}"]:not(:disabled)`);
    (control ?? element?.querySelector<HTMLElement>(otherwise))?.focus();
  });
  return (row, action) => {
    wanted.current = { row, action };
  };
}
