import type { SourceInfo } from '../../src/contract/api.ts';
import { useAsk } from '../api/use-ask.ts';
import { sourcePath } from './source-path.ts';

/** Reads a source now, or stops the run that is under way. Nothing for sources that send by themselves. */
export function SyncButton({ source, main = false }: { source: SourceInfo; main?: boolean }) {
  const ask = useAsk();
  if (source.mode !== 'pull') return null;
  const path = sourcePath(source.name);
  if (source.state === 'running') {
    return (
      <button
        type="button"
        className="button"
        aria-label={`Stop: ${source.label}`}
        onClick={() => void ask(`${path}/stop`, {}, `${source.label} stops; what was read is kept.`)}
      >
        Stop
      </button>
    );
  }
  return (
    <button
      type="button"
      className={main ? 'button-main' : 'button'}
      aria-label={`Sync now: ${source.label}`}
      onClick={() => void ask(`${path}/sync`, {}, `${source.label} is being read.`)}
    >
      Sync now
    </button>
  );
}
