import { IconInfoCircle } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { MetricInfo } from '../../src/contract/api.ts';
import type { ResultColumn } from '../../src/contract/result.ts';
import { type CellValue, cellChange } from '../tile/cell-value.ts';
import { useDashboard } from '../tile/dashboard-context.ts';
import { describeLine } from './describe-series.ts';
import type { SeriesSet } from './series.ts';
import { Sparkline } from './sparkline.tsx';

/** Label, number, change against the comparison, sparkline, foot. The exact value is in the title and in the accessible name. */
export function Scorecard(props: {
  column: ResultColumn;
  info: MetricInfo | undefined;
  now: CellValue;
  before: CellValue | null;
  /** null where there is no course of time to show. */
  trend: SeriesSet | null;
  ignores: string[];
  completeThrough: string;
}) {
  const { column, info, now, before, trend, ignores } = props;
  const { formats, period, compare } = useDashboard();
  const change = cellChange(now, before, column, formats);
  const line = trend?.series.find((series) => series.key === column.name);
  const exact = now.amount === null ? now.text : formats.value(now.amount, column, 'table');
  const against = compare ? `${formats.bucket(compare.start, 'day', 'axis')}` : '';
  const description = column.description ?? info?.description;
  return (
    <div className="card" data-metric={column.name}>
      <p className="card-label">
        {column.label}
        {description && <Info label={column.label} text={description} />}
      </p>
      <p className="card-number" data-small={now.small || undefined} title={now.reason ?? exact}>
        <span aria-hidden="true">{now.text}</span>
        <span className="visually-hidden">{exact}</span>
      </p>
      <p className="card-change">
        {change ? (
          <>
            <span
              className={`change change-${change.tone}`}
              title={`was ${formats.value(before?.amount ?? null, column, 'table')}`}
            >
              <span aria-hidden="true">
                {change.glyph} {change.text}
              </span>
              <span className="visually-hidden">{change.words}</span>
            </span>{' '}
            <span className="card-against">
              from {formats.value(before?.amount ?? null, column, 'card')}
              <span className="visually-hidden"> (comparison starting {against})</span>
            </span>
          </>
        ) : (
          <span className="card-against">
            {now.small ? `n = ${now.sample}, too few to compare` : compare ? 'no comparison' : ''}
          </span>
        )}
      </p>
      {trend === null ? null : line && line.values.length > 1 ? (
        <Sparkline
          label={`${describeLine(line, trend, formats)}.`}
          values={line.values}
          partial={trend.partial}
          compared={line.compared}
        />
      ) : (
        <div className="sparkline" />
      )}
      <p className="card-foot">
        {now.sample !== null && <span>n {formats.value(now.sample, { format: 'integer' }, 'table')}</span>}
        {ignores.length > 0 && <span>ignores {ignores.join(', ')}</span>}
        {trend !== null && <span>complete to {completeTo(props.completeThrough, period.end, formats)}</span>}
      </p>
    </div>
  );
}

/** The last complete day that is shown: the earlier of the data's end and the period's. */
function completeTo(completeThrough: string, end: string, formats: ReturnType<typeof useDashboard>['formats']): string {
  const instant = new Date(new Date(completeThrough).getTime() - 1000).toISOString();
  const text = formats.instant(instant);
  const endDay = formats.day(new Date(new Date(`${end}T00:00:00Z`).getTime() - 86_400_000).toISOString().slice(0, 10));
  const complete = new Date(completeThrough).getTime();
  return complete >= Date.parse(`${end}T00:00:00Z`) ? endDay : text;
}

/** (i): the description shows on hover and focus (by CSS) and Esc hides it. */
function Info({ label, text }: { label: string; text: string }) {
  const [dismissed, setDismissed] = useState(false);
  const id = useId();
  return (
    <span className="info" data-dismissed={dismissed || undefined}>
      <button
        type="button"
        className="icon-button"
        aria-label={`About ${label}`}
        aria-describedby={id}
        onFocus={() => setDismissed(false)}
        onPointerEnter={() => setDismissed(false)}
        onKeyDown={(event) => event.key === 'Escape' && setDismissed(true)}
      >
        <IconInfoCircle size={14} aria-hidden />
      </button>
      <span id={id} role="tooltip" className="info-text">
        {text}
      </span>
    </span>
  );
}
