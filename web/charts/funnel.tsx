import { type CSSProperties, useState } from 'react';
import { useDashboard } from '../tile/dashboard-context.ts';
import { type FunnelStep, stepSentence, takeaways } from './funnel-steps.ts';

/**
 * Columns of equal width; the height of a bar is the share of those who entered, the faint bar behind it is the step before, so
 * that the loss is an area. A dashed outline marks the comparison.
 */
export function Funnel({ steps, smallBelow }: { steps: FunnelStep[]; smallBelow: number }) {
  const { formats } = useDashboard();
  const [chosen, setChosen] = useState<string | null>(null);
  const count = (value: number): string => formats.value(value, { format: 'integer' }, 'table');
  const percent = (value: number | null): string => formats.value(value, { format: 'percent' }, 'card');
  const duration = (seconds: number): string => formats.value(seconds, { format: 'duration' }, 'card');
  const chips = takeaways(steps, formats);
  const small = (steps[0]?.reached ?? 0) < smallBelow;

  return (
    <div className="funnel">
      {chips.length > 0 && (
        <ul className="funnel-takeaways" aria-label="What stands out">
          {chips.map((chip) => (
            <li key={chip.kind}>
              <button
                type="button"
                aria-pressed={chosen === chip.kind}
                onClick={() => setChosen(chosen === chip.kind ? null : chip.kind)}
              >
                {chip.text}
              </button>
            </li>
          ))}
        </ul>
      )}
      <ol className="funnel-steps" data-small={small || undefined}>
        {steps.map((step, index) => {
          const previous = steps[index - 1];
          const marked = chips.some((chip) => chip.kind === chosen && chip.step === step.name);
          const change = step.compared ? formats.change(step.reached, step.compared.reached, { good: 'up' }) : null;
          return (
            <li key={step.name} data-marked={marked || undefined}>
              <p className="funnel-label">{step.label}</p>
              <p className="funnel-count" title={count(step.reached)}>
                {count(step.reached)}
                {change && !small && (
                  <span className={`change change-${change.tone}`} title={`was ${count(step.compared?.reached ?? 0)}`}>
                    {change.glyph} {change.text}
                  </span>
                )}
              </p>
              <div className="funnel-bars" aria-hidden="true">
                {previous && (
                  <span className="funnel-before" style={{ '--share': share(previous.fromStart) } as CSSProperties} />
                )}
                <span className="funnel-bar" style={{ '--share': share(step.fromStart) } as CSSProperties} />
                {step.compared && (
                  <span
                    className="funnel-ghost"
                    style={{ '--share': share(step.compared.fromStart) } as CSSProperties}
                  />
                )}
              </div>
              {previous ? (
                <FunnelPill step={step} previous={previous} />
              ) : (
                <p className="funnel-entered">100% entered</p>
              )}
              <dl className="funnel-facts">
                <div className="funnel-fact">
                  <dt>Of first step</dt>
                  <dd>{percent(step.fromStart)}</dd>
                </div>
                {previous && (
                  <>
                    <div className="funnel-fact">
                      <dt>Lost</dt>
                      <dd>{count(step.lost)}</dd>
                    </div>
                    {step.medianSeconds !== null && (
                      <div className="funnel-fact">
                        <dt>Median time</dt>
                        <dd>{duration(step.medianSeconds)}</dd>
                      </div>
                    )}
                    {step.p90Seconds !== null && (
                      <div className="funnel-fact">
                        <dt>90% within</dt>
                        <dd>{duration(step.p90Seconds)}</dd>
                      </div>
                    )}
                  </>
                )}
              </dl>
            </li>
          );
        })}
      </ol>
      {steps.some((step) => step.compared) && <p className="tile-note">Dashed line: the comparison period.</p>}
    </div>
  );
}

/** `→ 50 % ∨ 50 %`; hover, focus and touch show the whole sentence, which is also the button's name. */
function FunnelPill({ step, previous }: { step: FunnelStep; previous: FunnelStep }) {
  const { formats } = useDashboard();
  const [open, setOpen] = useState(false);
  const sentence = stepSentence(step, previous, formats);
  const kept = formats.value(step.fromPrevious, { format: 'percent' }, 'card');
  const lost = formats.value(step.fromPrevious === null ? null : 1 - step.fromPrevious, { format: 'percent' }, 'card');
  return (
    <div className="funnel-pill-place">
      <button
        type="button"
        className="funnel-pill"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      >
        <span className="visually-hidden">{sentence}</span>
        <span className="funnel-pill-short" aria-hidden="true">
          <span>→ {kept}</span> <span>∨ {lost}</span>
        </span>
        <span className="funnel-pill-long" aria-hidden="true">
          {sentence}
        </span>
      </button>
    </div>
  );
}

/** Height, on phones width, of a bar. */
function share(of: number | null): string {
  return `${of === null || of === 0 ? 0 : Math.max(1, of * 100)}%`;
}
