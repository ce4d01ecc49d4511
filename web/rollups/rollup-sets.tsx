import type { DimensionInfo, RollupInfo } from '../../src/contract/api.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { setRows, setWords } from './rollup-words.ts';

/** By what each roll-up can be grouped and filtered, folded: one list per roll-up. */
export function RollupSets({ rollups, dimensions }: { rollups: readonly RollupInfo[]; dimensions: DimensionInfo[] }) {
  return rollups.map((rollup) => {
    const rows = setRows(rollup);
    return (
      <details key={rollup.name} className="panel fold">
        <summary>
          {rollup.label} <span className="faint">{summaryWords(rows.length, rollup.indexes.length)}</span>
        </summary>
        {rollup.indexes.map(({ entity, dimensions: own }) => (
          <p key={entity} className="fold-note">
            Looked up by <code>{entity}</code>
            {own.length > 0 && <>, filtered by {setWords(own, dimensions)}</>}: later steps of funnels and conversions.
          </p>
        ))}
        {rows.length > 0 && (
          <TableFrame label={`Groupings of ${rollup.label}`} className="fold-frame">
            <PlainTable headings={['Grouped by', 'Per hour', 'Per day', { number: 'Numbers kept' }]}>
              {rows.map((row) => (
                <tr key={row.dimensions.join()}>
                  <th scope="row">{setWords(row.dimensions, dimensions)}</th>
                  <td>{row.hour ? 'yes' : 'no'}</td>
                  <td>{row.day ? 'yes' : 'no'}</td>
                  <td className="number">{row.measures}</td>
                </tr>
              ))}
            </PlainTable>
          </TableFrame>
        )}
      </details>
    );
  });
}

function summaryWords(groupings: number, indexes: number): string {
  const counted = (count: number, one: string, more: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : more}`];
  return [...counted(groupings, 'grouping', 'groupings'), ...counted(indexes, 'index', 'indexes')].join(', ');
}
