import { type ReactNode, useState } from 'react';
import { Dialog } from '../layout/dialog.tsx';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  /** What the button does, as a verb: "Take back 1,204 rows". */
  action: string;
  /** Stays open when it answers null: it has failed and the reason was shown. */
  onConfirm(): Promise<unknown>;
  onClose(): void;
}

/** Says what will happen before it does. */
export function ConfirmDialog({ title, children, action, onConfirm, onClose }: ConfirmProps) {
  const [working, setWorking] = useState(false);
  const confirm = async () => {
    setWorking(true);
    const answer = await onConfirm();
    setWorking(false);
    if (answer !== null) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div className="layer-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button-main" disabled={working} onClick={() => void confirm()}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
