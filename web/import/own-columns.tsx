import { useState } from 'react';
import type { ImportColumn } from '../../src/contract/api.ts';
import { columnName } from '../../src/contract/column-name.ts';
import { TABLE_COLUMN_TYPES, type TableColumnType } from '../../src/contract/facts.ts';
import { COLUMN_TYPE_WORDS } from '../table/column-types.ts';
import {
  includeColumn,
  isTime,
  nameProblem,
  ownColumn,
  renameColumn,
  setColumnType,
  setTimeColumn,
  timeColumn,
  toggleKey,
} from './mapping-edits.ts';
import { Samples } from './samples.tsx';
import type { StepProps } from './step-props.ts';
import { LONGEST_TABLE_NAME, newTableName, tableName } from './table-target.ts';

/** Step 3 for a table of one's own: which columns it has, of which types, which one is the time, what makes a row unique. */
export function OwnColumns(props: StepProps) {
  const { info, mapping, change } = props;
  const times = mapping.columns.filter(isTime);
  const everything = info.columns.every((column) => ownColumn(mapping, column.name));
  const includeAll = (included: boolean) =>
    change(info.columns.reduce((next, column) => includeColumn(next, info.columns, column, included), mapping));

  return (
    <>
      <div className="import-table-head">
        <TableTarget {...props} />
        <label className="import-setting">
          <span>Rows are counted at</span>
          <select
            className="field"
            value={timeColumn(mapping) ?? ''}
            disabled={times.length === 0}
            onChange={({ currentTarget }) => change(setTimeColumn(mapping, currentTarget.value))}
          >
            {times.length === 0 && <option value="">the time of the import</option>}
            {times.map((one) => (
              <option key={one.column} value={one.column}>
                {one.column}
              </option>
            ))}
          </select>
        </label>
      </div>
      {times.length === 0 && (
        <p className="faint">
          No column is a date or a time, so every row is counted on the day on which it is imported. If one is, choose
          its type below.
        </p>
      )}
      <table className="plain-table import-match" data-own>
        <thead>
          <tr>
            <th scope="col">
              <label className="check">
                <input
                  type="checkbox"
                  checked={everything}
                  onChange={({ currentTarget }) => includeAll(currentTarget.checked)}
                />
                Your column
              </label>
            </th>
            <th scope="col">Name in the table</th>
            <th scope="col">Type</th>
            <th scope="col">Makes a row unique</th>
            <th scope="col">Values in it</th>
          </tr>
        </thead>
        <tbody>
          {info.columns.map((column) => (
            <OwnColumn key={column.name} column={column} {...props} />
          ))}
        </tbody>
      </table>
      <p className="faint">
        {mapping.key === undefined || mapping.key.length === 0
          ? 'Two rows are the same when all their columns are; the second one is not counted again. If the file has an id, tick it: a later file with the same id then brings the row up to date.'
          : 'A later row with the same value here replaces the earlier one.'}
      </p>
    </>
  );
}

function OwnColumn({ column, info, mapping, change, obstacles }: StepProps & { column: ImportColumn }) {
  const one = ownColumn(mapping, column.name);
  const wrong = one !== undefined && obstacles.some((obstacle) => obstacle.field === one.field);
  return (
    <tr data-left-out={one === undefined || undefined}>
      <th scope="row">
        <label className="check">
          <input
            type="checkbox"
            checked={one !== undefined}
            onChange={({ currentTarget }) =>
              change(includeColumn(mapping, info.columns, column, currentTarget.checked))
            }
          />
          <span className="import-name" title={column.name}>
            {column.name}
          </span>
        </label>
      </th>
      <td data-label="Name in the table">
        {one && (
          <input
            id={`match-${one.field}`}
            className="field import-select"
            aria-label={`Name of ${column.name} in the table`}
            aria-invalid={wrong || nameProblem(one.field) !== null || undefined}
            spellCheck={false}
            maxLength={63}
            value={one.field}
            onChange={({ currentTarget }) => change(renameColumn(mapping, column.name, currentTarget.value))}
            onBlur={() => {
              if (nameProblem(one.field) === null) return;
              const taken = new Set(mapping.columns.filter((other) => other !== one).map((other) => other.field));
              change(renameColumn(mapping, column.name, columnName(one.field, taken, 'column')));
            }}
          />
        )}
      </td>
      <td data-label="Type">
        {one && (
          <select
            className="field import-select"
            aria-label={`Type of ${column.name}`}
            value={one.type ?? 'text'}
            onChange={({ currentTarget }) =>
              change(setColumnType(mapping, column.name, currentTarget.value as TableColumnType))
            }
          >
            {TABLE_COLUMN_TYPES.map((type) => (
              <option key={type} value={type}>
                {COLUMN_TYPE_WORDS[type]}
              </option>
            ))}
          </select>
        )}
      </td>
      <td data-label="Makes a row unique">
        {one && (
          <label className="check">
            <input
              type="checkbox"
              aria-label={`${column.name} makes a row unique`}
              checked={mapping.key?.includes(column.name) ?? false}
              onChange={() => change(toggleKey(mapping, column.name))}
            />
          </label>
        )}
      </td>
      <td data-label="Values in it">
        <Samples column={column} />
      </td>
    </tr>
  );
}

const NEW_TABLE = '\0new';

/** A new table with a name, or one that is there already. */
function TableTarget({ info, kinds, mapping, change, obstacles }: StepProps) {
  const proposed = newTableName(info.file, kinds.tables);
  const name = mapping.table ?? proposed;
  const known = kinds.tables.find((table) => table.name === name);
  const [fresh, setFresh] = useState(known === undefined);
  const problem = nameProblem(name);
  return (
    <>
      {kinds.tables.length > 0 && (
        <label className="import-setting">
          <span>The rows go to</span>
          <select
            className="field"
            value={fresh ? NEW_TABLE : name}
            onChange={({ currentTarget: { value } }) => {
              setFresh(value === NEW_TABLE);
              change({ ...mapping, table: value === NEW_TABLE ? proposed : value });
            }}
          >
            <option value={NEW_TABLE}>a new table</option>
            {kinds.tables.map((table) => (
              <option key={table.name} value={table.name}>
                {table.label}
              </option>
            ))}
          </select>
        </label>
      )}
      {(fresh || known === undefined) && (
        <label className="import-setting">
          <span>Name of the table</span>
          <input
            id="match-table"
            className="field"
            spellCheck={false}
            maxLength={LONGEST_TABLE_NAME}
            aria-invalid={problem !== null || obstacles.some((one) => one.field === 'table') || undefined}
            value={name}
            onChange={({ currentTarget }) => change({ ...mapping, table: currentTarget.value })}
            onBlur={() => problem !== null && change({ ...mapping, table: tableName(name) })}
          />
        </label>
      )}
      {fresh && known && <p className="faint">The rows are added to {known.label}, which is there already.</p>}
    </>
  );
}
