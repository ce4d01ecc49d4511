import { type ReactNode, useState } from 'react';
import { useAttempt } from '../api/use-ask.ts';
import { Dialog } from '../layout/dialog.tsx';
import { showToast } from '../layout/messages.tsx';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  /** What the button does, as a verb: "Take back 1,204 rows". */
  action: string;
  /** Asked by POST with an empty body. */
  path: string;
  /** Said once it is done. */
  done: string;
  onClose(): void;
}

/** Says what will happen before it does, and stays open where it fails. */
export function ConfirmDialog({ title, children, action, path, done, onClose }: ConfirmProps) {
  const attempt = useAttempt();
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const confirm = async () => {
    setWorking(true);
    const outcome = await attempt(path, {});
    setWorking(false);
    if (!outcome.ok) return setFailure(outcome.message);
    showToast(done);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {failure && (
        <p className="run-error" role="alert">
          {failure}
        </p>
      )}
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
