import { type ReactNode, useEffect, useId, useRef } from 'react';

interface DialogProps {
  title: string;
  onClose(): void;
  children: ReactNode;
  /** Wide is for tables and long texts. A sheet stands at the bottom of narrow screens; at the top the title is only spoken and the content closes the dialog. */
  place?: 'center' | 'wide' | 'sheet' | 'top';
}

/** A modal layer over the page while it is mounted. */
export function Dialog({ title, onClose, children, place = 'center' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it as well, the click is for the backdrop
    <dialog
      ref={dialog}
      className="dialog"
      data-place={place}
      aria-labelledby={place === 'top' ? undefined : id}
      aria-label={place === 'top' ? title : undefined}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      <div className="dialog-body">
        {place !== 'top' && (
          <header className="dialog-head">
            <h2 id={id}>{title}</h2>
            <button type="button" className="button-icon" aria-label="Close" onClick={() => dialog.current?.close()}>
              ×
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
