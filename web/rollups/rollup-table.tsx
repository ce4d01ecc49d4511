import type { RollupInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { useNow } from '../api/use-now.ts';
import { formatAgo, formatBytes, formatInstant, formatValue, NO_DATA } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { hoursWords, rollupLook, rollupTotals } from './rollup-words.ts';

interface RollupTableProps {
  rollups: readonly RollupInfo[];
  workspace: WorkspaceInfo;
  /** Id of the heading that names it. */
  labelledBy: string;
}

/** One row per roll-up: how far it is, how large, what waits, when it was last computed. */
export function RollupTable({ rollups, workspace, labelledBy }: RollupTableProps) {
  const { locale } = workspace;
  const totals = rollupTotals(rollups);
  const count = (value: number) => formatValue(value, { locale }, 'table');
  return (
    <TableFrame labelledBy={labelledBy}>
      <PlainTable
        className="rollup-table card-table"
        headings={[
          'Roll-up',
          'State',
          { number: 'Rows by hour' },
          { number: 'Rows by day' },
          { number: 'Rows in indexes' },
          { number: 'Size' },
          { number: 'Hours waiting' },
          'Last computed',
        ]}
        foot={
          rollups.length > 1 && (
            <tr>
              <th scope="row">Total</th>
              <td />
              <td data-label="Rows by hour" className="number">
                {count(rowsOf(rollups, 'hour'))}
              </td>
              <td data-label="Rows by day" className="number">
                {count(rowsOf(rollups, 'day'))}
              </td>
              <td data-label="Rows in indexes" className="number">
                {count(indexedRows(rollups))}
              </td>
              <td data-label="Size" className="number">
                {formatBytes(totals.bytes, locale)}
              </td>
              <td data-label="Hours waiting" className="number">
                {count(totals.pendingHours)}
              </td>
              <td />
            </tr>
          )
        }
      >
        {rollups.map((rollup) => (
          <RollupRow key={rollup.name} rollup={rollup} workspace={workspace} />
        ))}
      </PlainTable>
    </TableFrame>
  );
}

function RollupRow({ rollup, workspace }: { rollup: RollupInfo; workspace: WorkspaceInfo }) {
  const now = useNow();
  const { locale } = workspace;
  const look = rollupLook(rollup, locale);
  const known = rollup.state !== 'unavailable';
  const rows = (grain: 'hour' | 'day') =>
    known && rollup.tables.some((table) => table.grain === grain)
      ? formatValue(rowsOf([rollup], grain), { locale }, 'table')
      : NO_DATA;
  return (
    <tr>
      <th scope="row">
        {rollup.label}
        <span className="cell-line faint">
          by <code>{rollup.time}</code>
        </span>
      </th>
      <td data-label="State" className="state-cell">
        <span className="state">
          <span className="dot" data-tone={look.tone} aria-hidden="true" /> {look.word}
        </span>
        {look.progress !== null && (
          <progress className="rollup-progress" value={look.progress} max={1} aria-label={`${rollup.label}: built`} />
        )}
        {look.detail && <span className="cell-line faint">{look.detail}</span>}
      </td>
      <td data-label="Rows by hour" className="number">
        {rows('hour')}
      </td>
      <td data-label="Rows by day" className="number">
        {rows('day')}
      </td>
      <td data-label="Rows in indexes" className="number">
        {known && rollup.indexes.length > 0 ? formatValue(indexedRows([rollup]), { locale }, 'table') : NO_DATA}
      </td>
      <td data-label="Size" className="number">
        {known ? formatBytes(rollupTotals([rollup]).bytes, locale) : NO_DATA}
      </td>
      <td data-label="Hours waiting" className="number">
        {formatValue(rollup.pending_hours, { locale }, 'table')}
        {rollup.pending_since !== null && (
          <span className="cell-line faint">since {formatAgo(rollup.pending_since, now, locale)}</span>
        )}
      </td>
      <td data-label="Last computed">
        <LastComputed rollup={rollup} workspace={workspace} now={now} />
      </td>
    </tr>
  );
}

function LastComputed({ rollup, workspace, now }: { rollup: RollupInfo; workspace: WorkspaceInfo; now: string }) {
  const { locale, time_zone: timeZone } = workspace;
  if (rollup.last === null) return <span className="faint">{NO_DATA}</span>;
  const { at, hours, milliseconds } = rollup.last;
  return (
    <>
      <time dateTime={at} title={formatInstant(at, locale, timeZone)}>
        {formatAgo(at, now, locale)}
      </time>
      <span className="cell-line faint">
        {hoursWords(hours, locale)} in {formatValue(Math.round(milliseconds), { locale }, 'table')} ms
      </span>
    </>
  );
}

function rowsOf(rollups: readonly RollupInfo[], grain: 'hour' | 'day'): number {
  return rollups
    .flatMap(({ tables }) => tables)
    .filter((table) => table.grain === grain)
    .reduce((sum, table) => sum + table.rows, 0);
}

function indexedRows(rollups: readonly RollupInfo[]): number {
  return rollups.flatMap(({ indexes }) => indexes).reduce((sum, index) => sum + index.rows, 0);
}
