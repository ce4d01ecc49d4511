import { showToast } from '../layout/messages.tsx';
import { type TableView, toTsv } from './table-view.ts';

/** The same rows that a picture is drawn from, as a real table. Ctrl C without a selection copies all of it. */
export function ResultTable({ view }: { view: TableView }) {
  const copy = (): void => {
    void navigator.clipboard.writeText(toTsv(view)).then(() => showToast('Table copied'));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a scroller must be focusable to be scrolled by keyboard
    <div
      className="table-scroller"
      role="region"
      aria-label={`${view.caption}, table`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key === 'c' && String(window.getSelection()) === '') copy();
      }}
    >
      <table className="data-table" data-time={view.time || undefined}>
        <caption className="visually-hidden">{view.caption}</caption>
        <thead>
          <tr>
            {view.columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no identity besides their place
              <th key={index} scope="col" className={column.numeric ? 'numeric' : undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.rows.map((cells, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are text in a fixed order
            <tr key={index}>
              <TableCells cells={cells} view={view} />
            </tr>
          ))}
        </tbody>
        {view.totals && (
          <tfoot>
            <tr>
              <TableCells cells={view.totals} view={view} />
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function TableCells({ cells, view }: { cells: string[]; view: TableView }) {
  return cells.map((cell, index) =>
    index === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: cells are text in a fixed order
      <th key={index} scope="row">
        {cell}
      </th>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: cells are text in a fixed order
      <td key={index} className={view.columns[index]?.numeric ? 'numeric' : undefined}>
        {cell}
      </td>
    ),
  );
}
