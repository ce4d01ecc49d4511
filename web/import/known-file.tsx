import { formatRows } from '../format/index.ts';
import { CheckFigures, CheckStep } from './check-step.tsx';
import type { StepProps } from './step-props.ts';
import type { CheckState } from './use-check.ts';

/** A file whose header was seen before: nothing to ask, one button to press. */
export function KnownFile(props: StepProps & { check: CheckState }) {
  const { info, workspace, go } = props;
  const { check } = info;
  return (
    <>
      <p className="import-lead">
        Its header is the same as last time, so it is read in the same way. Nothing is written yet.
      </p>
      {check === null || props.check.error ? (
        <CheckStep {...props} />
      ) : (
        <>
          <CheckFigures result={check} locale={workspace.locale} />
          {check.rejected > 0 && (
            <p>
              {formatRows(check.rejected, workspace.locale)} cannot be counted
              {check.reasons.length > 1 && ', most of them for this reason'}
              {check.reasons[0] && `: ${check.reasons[0].reason}`}{' '}
              <button type="button" className="button-text" onClick={() => go('check')}>
                See why
              </button>
            </p>
          )}
        </>
      )}
      <p>
        <button type="button" className="button-text" onClick={() => go('file')}>
          Look at it step by step
        </button>
      </p>
    </>
  );
}
