import type { ImportInfo } from '../../src/contract/api.ts';
import { RequestError } from '../api/client.ts';
import { formatRows } from '../format/index.ts';
import { countedRows } from './file-words.ts';
import { type Obstacle, STEP_LABELS, type Step } from './steps.ts';

interface FlowFootProps {
  step: Step | 'known';
  before: Step | null;
  after: Step | null;
  info: ImportInfo;
  locale: string;
  /** What keeps one here. */
  obstacles: readonly Obstacle[];
  /** What the server did not take. */
  problem: Error | null;
  busy: boolean;
  go(step: Step): void;
}

/** Back and on, always in reach, and above them what is still missing. */
export function FlowFoot({ step, before, after, info, locale, obstacles, problem, busy, go }: FlowFootProps) {
  const counted = countedRows(info) ?? 0;
  const imports = step === 'import' || step === 'known';
  const unreadable = step === 'file' && info.columns.length === 0;
  const empty = (imports || step === 'check') && (info.check === null || counted === 0);
  const stuck = unreadable || empty || (imports && obstacles.length > 0);
  const importWord = info.check === null || counted === 0 ? 'Import' : `Import ${formatRows(counted, locale)}`;
  return (
    <div className="import-foot">
      <div role="alert" className="import-alerts">
        {obstacles.length > 0 && (
          <ul>
            {obstacles.map((one) => (
              <li key={`${one.step} ${one.field} ${one.message}`}>
                {one.message}
                {one.step !== step && (
                  <>
                    {' '}
                    <button type="button" className="button-text" onClick={() => go(one.step)}>
                      Go to {STEP_LABELS[one.step]}
                    </button>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
        {problem && (
          <>
            <p>{problem.message}</p>
            {problem instanceof RequestError && problem.problems.length > 0 && (
              <ul>
                {problem.problems.map((one) => (
                  <li key={`${one.path} ${one.message}`}>
                    {one.message} {one.hint}
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </div>
      <div className="import-foot-row">
        {before && (
          <button type="button" className="button" onClick={() => go(before)}>
            Back
          </button>
        )}
        <button type="submit" className="button-main" disabled={busy || stuck}>
          {imports ? importWord : `Next: ${STEP_LABELS[after ?? 'import']}`}
        </button>
      </div>
    </div>
  );
}
