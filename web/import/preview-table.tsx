import { useState } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import { TableFrame } from '../table/plain-table.tsx';

/** A very wide file shows this many columns at first. */
const COLUMNS_SHOWN = 40;

/** The first rows of the file as they are read now, under the names of the columns. */
export function PreviewTable({ info }: { info: ImportInfo }) {
  const [all, setAll] = useState(false);
  const { rows, row_numbers: numbers } = info.preview;
  const columns = all ? info.columns : info.columns.slice(0, COLUMNS_SHOWN);
  const hidden = info.columns.length - columns.length;
  const headerRow = info.format.header_row ?? info.skipped_rows + 1;
  return (
    <>
      <TableFrame label="First rows of the file" className="panel import-preview">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col" className="number">
                <span className="visually-hidden">Row </span>
                {headerRow}
              </th>
              {columns.map((column) => (
                <th key={column.name} scope="col" title={column.name}>
                  <span className="import-cell">{column.name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={numbers[index] ?? index}>
                <th scope="row" className="number">
                  {numbers[index] ?? ''}
                </th>
                {columns.map((column, at) => (
                  <td key={column.name}>
                    <PreviewCell text={row[at] ?? ''} />
                  </td>
                ))}
              </tr>
            ))}
            {rows.length === 0 && (
              <tr>
                <td colSpan={columns.length + 1}>There is no row under the header.</td>
              </tr>
            )}
          </tbody>
        </table>
      </TableFrame>
      {hidden > 0 && (
        <button type="button" className="button-text" onClick={() => setAll(true)}>
          Show {hidden} more columns
        </button>
      )}
    </>
  );
}

/** One line, at most some 30 characters wide; the whole text on pointing at it. */
function PreviewCell({ text }: { text: string }) {
  return (
    <span className="import-cell" title={text.length > 24 ? text.slice(0, 2000) : undefined}>
      {text.slice(0, 200)}
    </span>
  );
}
