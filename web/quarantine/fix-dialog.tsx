import { useId, useState } from 'react';
import type { QuarantineItem } from '../../src/contract/api.ts';
import { useAsk } from '../api/use-ask.ts';
import { Dialog } from '../layout/dialog.tsx';
import { editableRaw, isCut, readMended, replayWords } from './quarantine-words.ts';

/** Mends one quarantined record by hand and tries it again. What was sent stays in the journal as it came. */
export function FixDialog({ item, onClose }: { item: QuarantineItem; onClose(): void }) {
  const ask = useAsk();
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
    const answer = await ask<{ replayed: number }>(
      '/api/v1/quarantine/replay',
      { items: [unchanged ? { id: item.id } : { id: item.id, record: mended.record }] },
      (answer) => replayWords(answer.replayed),
    );
    setWorking(false);
    if (answer !== null) onClose();
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
