import { formatBytes } from '../format/index.ts';
import type { Upload } from './use-uploads.ts';

/** Files on their way to the server. */
export function UploadList({
  uploads,
  locale,
  onCancel,
}: {
  uploads: readonly Upload[];
  locale: string;
  onCancel(): void;
}) {
  const busy = uploads.some((one) => one.state === 'sending' || one.state === 'waiting');
  return (
    <div className="import-uploads">
      <ul>
        {uploads.map((upload, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two files may have the same name
          <li key={index}>
            <p>
              <strong>{upload.name}</strong> <span className="faint">{formatBytes(upload.bytes, locale)}</span>{' '}
              {upload.state !== 'failed' && <span className="faint">{stateWord(upload)}</span>}
            </p>
            {upload.state === 'sending' && (
              <div
                role="progressbar"
                aria-label={`Sending ${upload.name}`}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={Math.round(upload.sent * 100)}
                className="import-progress"
                data-endless={upload.sent >= 1 || undefined}
              >
                <span style={{ width: `${upload.sent * 100}%` }} />
              </div>
            )}
            {upload.error && (
              <p className="import-problem" role="alert">
                {upload.error}
              </p>
            )}
          </li>
        ))}
      </ul>
      {busy && (
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}

function stateWord({ state, sent }: Upload): string {
  if (state === 'waiting') return 'waits for its turn';
  if (state === 'done') return 'read';
  return sent >= 1 ? 'is being read' : `${Math.round(sent * 100)} % sent`;
}
