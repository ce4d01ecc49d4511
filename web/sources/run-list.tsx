import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { RunInfo } from '../../src/contract/api.ts';
import { formatBytes, formatInstant, formatValue } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { RunDetails } from './run-details.tsx';
import { durationWords, RUN_STATES, runSeconds, TRIGGER_WORDS } from './run-words.ts';

interface RunListProps {
  /** Newest first. */
  runs: readonly RunInfo[];
  now: string;
  locale: string;
  timeZone: string;
  /** The run whose details are shown. */
  opened: number | null;
  onOpen(id: number | null): void;
  onUndo(run: RunInfo): void;
}

/** Runs newest first; each unfolds to its log, its streams and what went wrong. */
export function RunList({ runs, now, locale, timeZone, opened, onOpen, onUndo }: RunListProps) {
  return (
    <TableFrame labelledBy="runs">
      <PlainTable
        className="run-table"
        headings={[
          'Began',
          'State',
          'Why',
          { number: 'Rows' },
          { number: 'Pages' },
          { number: 'Size' },
          { number: 'Duration' },
        ]}
      >
        {runs.map((run) => {
          const { tone, word } = RUN_STATES[run.state];
          const isOpen = opened === run.id;
          return (
            <Fragment key={run.id}>
              <tr id={`run-${run.id}`}>
                <th scope="row">
                  <button
                    type="button"
                    className="fold-button"
                    aria-expanded={isOpen}
                    onClick={() => onOpen(isOpen ? null : run.id)}
                  >
                    {isOpen ? <IconChevronDown aria-hidden size={16} /> : <IconChevronRight aria-hidden size={16} />}
                    {formatInstant(run.started_at, locale, timeZone)}
                  </button>
                </th>
                <td>
                  <span className="state">
                    <span className="dot" data-tone={run.batch?.undone ? 'muted' : tone} aria-hidden="true" />{' '}
                    {run.batch?.undone ? 'taken back' : word}
                  </span>
                  {run.notices.length > 0 && (
                    <span className="cell-line faint">
                      {run.notices.length === 1 ? '1 notice' : `${run.notices.length} notices`}
                    </span>
                  )}
                </td>
                <td>
                  {TRIGGER_WORDS[run.trigger]}
                  {run.batch && <span className="cell-line faint run-file">{run.batch.file}</span>}
                  {run.range && (
                    <span className="cell-line faint">
                      {formatInstant(run.range.from, locale, timeZone)} –{' '}
                      {formatInstant(run.range.to, locale, timeZone)}
                    </span>
                  )}
                </td>
                <td className="number">{formatValue(run.rows, { locale }, 'table')}</td>
                <td className="number">{formatValue(run.pages, { locale }, 'table')}</td>
                <td className="number">{formatBytes(run.bytes, locale)}</td>
                <td className="number">{durationWords(runSeconds(run, now), locale)}</td>
              </tr>
              {isOpen && (
                <tr className="run-unfolded">
                  <td colSpan={7}>
                    <RunDetails id={run.id} locale={locale} timeZone={timeZone} onUndo={onUndo} />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </PlainTable>
    </TableFrame>
  );
}
