import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { RunInfo } from '../../src/contract/api.ts';
import { arrowMove } from '../charts/arrow-keys.ts';
import { formatInstant, formatRows, formatValue } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { type RunBar, runBars } from './run-bars.ts';
import { durationWords, RUN_STATES, runSentence, TRIGGER_WORDS } from './run-words.ts';

interface TimelineProps {
  /** Newest first. */
  runs: readonly RunInfo[];
  now: string;
  locale: string;
  timeZone: string;
  /** Opens the run in the list below. */
  onOpen(id: number): void;
}

/** The last thirty runs as two panels over one time axis: rows above, duration below; what failed is red and crossed. */
export function RunTimeline({ runs, now, locale, timeZone, onOpen }: TimelineProps) {
  const { bars, mostRows, mostSeconds } = runBars(runs, now);
  const [active, setActive] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const last = bars.length - 1;
  const at = active ?? last;
  const newest = bars[last]?.run.id;

  // The newest run stands at the right edge.
  useEffect(() => {
    if (newest !== undefined && scroller.current) scroller.current.scrollLeft = scroller.current.scrollWidth;
  }, [newest]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') return setActive(null);
    const next = arrowMove(event.key, { column: at, row: 0 }, { columns: bars.length, rows: 1 });
    if (!next || event.key === 'ArrowUp' || event.key === 'ArrowDown') return;
    event.preventDefault();
    setActive(next.column);
    event.currentTarget.querySelectorAll<HTMLElement>('button')[next.column]?.focus();
  };

  const first = bars[0];
  if (!first) return null;
  return (
    <figure className="panel run-timeline" aria-labelledby={id}>
      <div className="run-timeline-head">
        <figcaption id={id}>
          Last {bars.length === 1 ? 'run' : `${bars.length} runs`}
          <span className="faint"> · rows above, duration below</span>
        </figcaption>
        <button type="button" className="button-text" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'View as bars' : 'View as table'}
        </button>
      </div>
      {asTable ? (
        <TimelineTable bars={bars} locale={locale} timeZone={timeZone} />
      ) : (
        <>
          <div className="run-timeline-plot">
            <div className="run-scale" aria-hidden="true">
              <span>{formatValue(mostRows, { format: 'compact', locale }, 'card')} rows</span>
              <span>{durationWords(mostSeconds, locale)}</span>
            </div>
            {/* biome-ignore lint/a11y/useSemanticElements: the buttons are one group that arrow keys walk through */}
            <div
              ref={scroller}
              className="run-bars"
              role="group"
              aria-label="Runs, oldest first; arrow keys move, Enter opens"
              onKeyDown={onKeyDown}
            >
              {bars.map((bar, index) => (
                <button
                  key={bar.run.id}
                  type="button"
                  className="run-column"
                  data-state={bar.run.state}
                  data-active={active === index || undefined}
                  tabIndex={index === at ? 0 : -1}
                  aria-label={runSentence(bar.run, { now, locale, timeZone })}
                  onFocus={() => setActive(index)}
                  onPointerEnter={() => setActive(index)}
                  onPointerLeave={() => setActive(null)}
                  onBlur={() => setActive(null)}
                  onClick={() => onOpen(bar.run.id)}
                >
                  <span className="run-rows">
                    <span style={{ height: `${bar.rowsHeight * 100}%` }} />
                  </span>
                  <span className="run-mark" aria-hidden="true">
                    {bar.run.state === 'failed' ? '×' : ''}
                  </span>
                  <span className="run-seconds">
                    <span style={{ height: `${bar.secondsHeight * 100}%` }} />
                  </span>
                </button>
              ))}
            </div>
          </div>
          <p className="run-tooltip" aria-hidden="true">
            {describe(bars[at] ?? first, now, locale, timeZone)}
          </p>
        </>
      )}
    </figure>
  );
}

/** The line under the bars speaks of the bar that is pointed at, else of the newest; nothing moves and nothing is covered. */
function describe({ run }: RunBar, now: string, locale: string, timeZone: string): string {
  return `${runSentence(run, { now, locale, timeZone })} · ${TRIGGER_WORDS[run.trigger]}`;
}

function TimelineTable({ bars, locale, timeZone }: { bars: RunBar[]; locale: string; timeZone: string }) {
  return (
    <TableFrame label="Runs as a table" className="">
      <PlainTable headings={['Began', 'State', { number: 'Rows' }, { number: 'Duration' }]}>
        {bars.map(({ run, seconds }) => (
          <tr key={run.id}>
            <th scope="row">{formatInstant(run.started_at, locale, timeZone)}</th>
            <td>{RUN_STATES[run.state].word}</td>
            <td className="number">{formatRows(run.rows, locale)}</td>
            <td className="number">{durationWords(seconds, locale)}</td>
          </tr>
        ))}
      </PlainTable>
    </TableFrame>
  );
}
