import type { ImportCheck } from '../../src/contract/api.ts';
import { formatInstant, formatRows } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { sampleTable } from './file-words.ts';
import { rejectedPath } from './import-api.ts';
import type { StepProps } from './step-props.ts';
import { STEP_LABELS, stepForReason } from './steps.ts';
import type { CheckState } from './use-check.ts';
import { assumptions } from './value-rows.ts';

interface CheckStepProps extends StepProps {
  check: CheckState;
}

/** Step 5: what would be counted, what not and why. Nothing is written. */
export function CheckStep(props: CheckStepProps) {
  const { info, check, workspace } = props;
  if (check.error) {
    return (
      <div className="import-problem" role="alert">
        <p>
          <strong>The rows could not be checked.</strong> {check.error.message}
        </p>
        <button type="button" className="button" onClick={check.again}>
          Check again
        </button>
      </div>
    );
  }
  if (info.check === null) {
    return (
      <div role="status" className="import-waiting">
        <div className="import-progress" data-endless aria-hidden="true">
          <span />
        </div>
        <p>
          Reading {info.total_rows === null ? 'the whole file' : formatRows(info.total_rows, workspace.locale)}. Nothing
          is written.
        </p>
      </div>
    );
  }
  return <CheckResult {...props} result={info.check} />;
}

function CheckResult({ result, ...props }: StepProps & { result: ImportCheck }) {
  const { info, kind, mapping, workspace, go } = props;
  const { locale } = workspace;
  return (
    <>
      <CheckFigures result={result} locale={locale} />
      <Assumptions {...props} />
      {result.good + result.fixed === 0 && (
        <div className="import-problem" role="alert">
          <p>
            <strong>No row of this file can be counted yet.</strong>{' '}
            {result.rows === 0 ? 'There is no row under the header.' : 'Mend the reasons below, then check again.'}
          </p>
        </div>
      )}
      {result.reasons.length > 0 && (
        <section className="import-part" aria-labelledby="import-reasons">
          <div className="import-part-head">
            <h3 id="import-reasons">Why rows are rejected</h3>
            <a href={rejectedPath(info.id)} download>
              Download the rejected rows
            </a>
          </div>
          <ul className="import-reasons">
            {result.reasons.map((reason) => {
              const step = stepForReason(reason.column, kind, mapping);
              return (
                <li key={`${reason.column} ${reason.reason}`}>
                  <div>
                    <strong>{reason.reason}</strong>
                    <p className="faint">
                      {formatRows(reason.rows, locale)}, first in row {reason.first_row}
                      {reason.column !== null && `, column ${reason.column}`}
                      {reason.example !== '' && (
                        <>
                          : <code>{reason.example.slice(0, 120)}</code>
                        </>
                      )}
                    </p>
                  </div>
                  <button
                    type="button"
                    className="button"
                    aria-label={`Fix it in the step ${STEP_LABELS[step]}: ${reason.reason}`}
                    onClick={() => go(step)}
                  >
                    Fix it
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {result.fixes.length > 0 && (
        <details className="import-part">
          <summary>What was put right ({formatRows(result.fixed, locale)})</summary>
          <ul>
            {result.fixes.map((fix) => (
              <li key={fix.what}>
                {fix.what}: {formatRows(fix.rows, locale)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {result.funnel.length > 0 && <FunnelPreview funnel={result.funnel} locale={locale} />}
      <SamplePreview sample={result.sample} kind={kind} workspace={workspace} />
    </>
  );
}

/** What was taken for granted, with the way to change it. */
function Assumptions({ kind, mapping, workspace, go }: StepProps) {
  const said = assumptions(kind, mapping, workspace.time_zone);
  return (
    <p className="faint">
      Nothing is written yet. {said.length > 0 && `${said.join('; ')}. `}
      {said.length > 0 && (
        <button type="button" className="button-text" onClick={() => go('values')}>
          Change
        </button>
      )}
    </p>
  );
}

/** The four counts, with a bar of their shares. */
export function CheckFigures({ result, locale }: { result: ImportCheck; locale: string }) {
  const count = new Intl.NumberFormat(locale);
  const figures = [
    { word: 'Good', value: result.good, tone: 'good', hint: 'counted as they are' },
    { word: 'Fixed', value: result.fixed, tone: 'fixed', hint: 'counted after a small repair' },
    { word: 'Rejected', value: result.rejected, tone: 'bad', hint: 'not counted, with a reason' },
    { word: 'Repeated', value: result.repeated, tone: 'muted', hint: 'say the same as an earlier row' },
  ];
  return (
    <>
      <dl className="import-figures">
        {figures.map(({ word, value, tone, hint }) => (
          <div key={word} data-tone={value === 0 ? undefined : tone}>
            <dt>{word}</dt>
            <dd>{count.format(value)}</dd>
            <dd className="faint import-hint">{hint}</dd>
          </div>
        ))}
      </dl>
      <div className="import-shares" aria-hidden="true">
        {figures
          .filter(({ value }) => value > 0)
          .map(({ word, value, tone }) => (
            <span key={word} data-tone={tone} style={{ flexGrow: value }} />
          ))}
      </div>
    </>
  );
}

function FunnelPreview({ funnel, locale }: { funnel: ImportCheck['funnel']; locale: string }) {
  const count = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const most = Math.max(1, ...funnel.map((step) => step.rows));
  return (
    <section className="import-part" aria-labelledby="import-funnel">
      <h3 id="import-funnel">How far these messages got</h3>
      <table className="import-funnel">
        <tbody>
          {funnel.map((step) => (
            <tr key={step.step}>
              <th scope="row">{step.step}</th>
              <td className="number">{count.format(step.rows)}</td>
              <td className="number faint">{percent.format(step.rows / most)}</td>
              <td className="import-funnel-bar" aria-hidden="true">
                <span style={{ width: `${(step.rows / most) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SamplePreview({
  sample,
  kind,
  workspace,
}: Pick<ImportCheck, 'sample'> & Pick<StepProps, 'kind' | 'workspace'>) {
  const { columns, rows } = sampleTable(sample, kind, (instant) =>
    formatInstant(instant, workspace.locale, workspace.time_zone),
  );
  if (rows.length === 0) return null;
  return (
    <div className="import-part">
      <h3 id="import-sample">The first rows as they would be counted</h3>
      <TableFrame labelledBy="import-sample" className="panel import-preview">
        <PlainTable headings={columns}>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows may be equal
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={columns[at]}>
                  <span className="import-cell" title={cell.length > 24 ? cell : undefined}>
                    {cell.slice(0, 200)}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </PlainTable>
      </TableFrame>
    </div>
  );
}
