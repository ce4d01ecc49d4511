import { Popover } from '@mantine/core';
import type { KeyboardEvent, ReactNode } from 'react';

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
  position?: 'bottom-start' | 'bottom-end';
}

/** A button with a panel under it: focus moves in, Esc closes and gives the focus back. */
export function Layer(props: LayerProps) {
  const { label, opened, onChange, button, buttonLabel, buttonClass = 'button', position = 'bottom-start' } = props;
  return (
    <Popover
      opened={opened}
      onChange={onChange}
      position={position}
      trapFocus
      returnFocus
      shadow="md"
      radius={8}
      transitionProps={{ duration: 0 }}
      middlewares={{ flip: true, shift: { padding: 8 } }}
    >
      <Popover.Target>
        <button
          type="button"
          className={buttonClass}
          aria-label={buttonLabel}
          onClick={() => onChange(!opened)}
          onKeyDown={props.onButtonKey}
        >
          {button}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={`layer ${props.className ?? ''}`} aria-label={label}>
        {props.children}
      </Popover.Dropdown>
    </Popover>
  );
}
