import { Link } from '@tanstack/react-router';
import { formatStep, STEP_LABELS, STEPS, type Step } from './steps.ts';

interface StepListProps {
  id: string;
  current: Step | null;
  /** Steps that cannot be opened yet. */
  closed: ReadonlySet<Step>;
}

/** The six steps: where one is, and the way to the others. */
export function StepList({ id, current, closed }: StepListProps) {
  const at = current === null ? -1 : STEPS.indexOf(current);
  return (
    <nav aria-label="Steps" className="import-steps">
      <ol>
        {STEPS.map((step, index) => (
          <li key={step} data-done={index < at || undefined}>
            {closed.has(step) ? (
              <span className="import-step-link" aria-disabled="true">
                <StepName index={index} step={step} />
              </span>
            ) : (
              <Link
                to="/import/$id"
                params={{ id }}
                search={{ text: formatStep(step) }}
                className="import-step-link"
                aria-current={step === current ? 'step' : undefined}
                // The router's own mark looks at the path alone.
                activeProps={{}}
                data-current={step === current || undefined}
              >
                <StepName index={index} step={step} />
              </Link>
            )}
          </li>
        ))}
      </ol>
      {at >= 0 && (
        <p className="import-steps-short faint">
          Step {at + 1} of {STEPS.length}
        </p>
      )}
    </nav>
  );
}

function StepName({ index, step }: { index: number; step: Step }) {
  return (
    <>
      <span className="import-step-number" aria-hidden="true">
        {index + 1}
      </span>
      {STEP_LABELS[step]}
    </>
  );
}
