import { useId, useState } from 'react';
import type { QuarantineItem } from '../../src/contract/api.ts';
import { useAttempt } from '../api/use-ask.ts';
import { Dialog } from '../layout/dialog.tsx';
import { showToast } from '../layout/messages.tsx';
import { editableRaw, isCut, readMended, replayWords } from './quarantine-words.ts';

/** Mends one quarantined record by hand and tries it again. What was sent stays in the journal as it came. */
export function FixDialog({ item, onClose }: { item: QuarantineItem; onClose(): void }) {
  const attempt = useAttempt();
  const id = useId();
  const [text, setText] = useState(() => editableRaw(item.raw));
  const [problem, setProblem] = useState<string | null>(null);
  const [working, setWorking] = useState(false);
  const cut = isCut(item.raw);

  const send = async () => {
    const mended = readMended(text);
    if (!mended.ok) return setProblem(mended.message);
    setProblem(null);
    setWorking(true);
    const unchanged = text === editableRaw(item.raw);
    const outcome = await attempt<{ replayed: number }>('/api/v1/quarantine/replay', {
      items: [unchanged ? { id: item.id } : { id: item.id, record: mended.record }],
    });
    setWorking(false);
    if (!outcome.ok) return setProblem(outcome.message);
    showToast(replayWords(outcome.answer.replayed));
    onClose();
  };

  return (
    <Dialog title="Fix and replay" place="wide" onClose={onClose}>
      <p className="run-error">{item.reason}</p>
      {cut ? (
        <p>
          This piece is longer than what is shown and cannot be mended here. Mend it where it comes from and send it
          again, or change the source’s settings and replay it as it is.
        </p>
      ) : (
        <>
          <label htmlFor={id}>The record as it should have been</label>
          <textarea
            id={id}
            className="field code-field"
            rows={14}
            spellCheck={false}
            value={text}
            aria-invalid={problem !== null}
            aria-describedby={`${id}p`}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
            }}
          />
          <p id={`${id}p`} role="status" className={problem ? 'bad-text' : 'faint'}>
            {problem ??
              'A record as Turnout counts it: its kind, its key and its fields. What was sent stays in the journal as it came.'}
          </p>
        </>
      )}
      <div className="layer-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        {!cut && (
          <button type="button" className="button-main" disabled={working} onClick={() => void send()}>
            Replay
          </button>
        )}
      </div>
    </Dialog>
  );
}
