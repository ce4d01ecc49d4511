import { useId, useRef, useState } from 'react';
import type { ImportColumn, ImportField } from '../../src/contract/api.ts';
import { PlainTable } from '../table/plain-table.tsx';
import { SURENESS, surenessOf } from './file-words.ts';
import {
  assignColumn,
  assignValue,
  columnOf,
  isMapped,
  orderFields,
  unassign,
  unusedColumns,
} from './mapping-edits.ts';
import { furtherFields, isFolded, keepAsAttributes, keepsAttributes } from './match-fields.ts';
import { OwnColumns } from './own-columns.tsx';
import { Samples } from './samples.tsx';
import type { StepProps } from './step-props.ts';
import { obstaclesOf } from './steps.ts';

/** Step 3: our fields and the columns of the file, in this order because people know their own columns. */
export function MatchStep(props: StepProps) {
  return props.mapping.record === 'row' ? <OwnColumns {...props} /> : <FieldTable {...props} />;
}

function FieldTable(props: StepProps) {
  const { info, kind, mapping, change } = props;
  const [all, setAll] = useState(false);
  // What was matched when the step was opened stays where it is while one tries other columns.
  const shown = useRef(new Set(mapping.columns.map((one) => one.field)));
  if (!kind) return <p>Say first what one row is.</p>;
  const missing = obstaclesOf(info, kind, mapping);
  const fields = [...orderFields(kind.fields, shown.current), ...furtherFields(kind, mapping)];
  const folded = all ? [] : fields.filter((field) => isFolded(field, shown.current, mapping, missing));
  const unused = unusedColumns(mapping, info.columns);
  return (
    <>
      <PlainTable className="import-match" headings={['Our field', 'Your column', 'Match', 'Values in it']}>
        {fields
          .filter((field) => !folded.includes(field))
          .map((field) => (
            <FieldRow key={field.name} field={field} {...props} />
          ))}
      </PlainTable>
      {folded.length > 0 && (
        <p className="import-more">
          <button type="button" className="button" onClick={() => setAll(true)}>
            Show {folded.length} more {folded.length === 1 ? 'field' : 'fields'}
          </button>{' '}
          <span className="faint">{folded.map((field) => field.label).join(', ')}</span>
        </p>
      )}
      {unused.length > 0 && (
        <p className="faint import-unused">
          Not used: {unused.map((column) => column.name).join(', ')}. Nothing is counted from{' '}
          {unused.length === 1 ? 'this column' : 'these columns'}.{' '}
          {keepsAttributes(kind) && (
            <button type="button" className="button-text" onClick={() => change(keepAsAttributes(mapping, unused))}>
              Keep {unused.length === 1 ? 'it' : 'them'} as attributes
            </button>
          )}
        </p>
      )}
    </>
  );
}

/** Options that are no columns; no column can begin with a NUL. */
const NOWHERE = '\0none';
const CONSTANT = '\0value';

function FieldRow({ field, info, mapping, workspace, change, obstacles }: StepProps & { field: ImportField }) {
  const one = columnOf(mapping, field.name);
  const constant = one !== undefined && one.column === undefined;
  const source = info.columns.find((column) => column.name === one?.column);
  const guessed = info.confidence[field.name];
  const asGuessed = columnOf(info.mapping, field.name)?.column === one?.column ? guessed : undefined;
  const sureness = SURENESS[surenessOf(isMapped(one), field.required, constant ? undefined : asGuessed)];
  const wrong = obstacles.some((obstacle) => obstacle.field === field.name);
  const id = `match-${field.name}`;

  const choose = (value: string) => {
    if (value === NOWHERE) change(unassign(mapping, field.name));
    else if (value === CONSTANT) change(assignValue(mapping, field.name, field.options?.[0] ?? ''));
    else change(assignColumn(mapping, field.name, value));
  };

  return (
    <tr>
      <th scope="row">
        <label htmlFor={id}>{field.label}</label>
        {field.required && <span className="import-required"> required</span>}
      </th>
      <td data-label="Your column">
        <select
          id={id}
          className="field import-select"
          aria-invalid={wrong || undefined}
          value={one === undefined ? NOWHERE : constant ? CONSTANT : one.column}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          <option value={NOWHERE}>Not in my file</option>
          <option value={CONSTANT}>The same for every row …</option>
          <ColumnOptions columns={info.columns} />
        </select>
        {constant && (
          <ConstantField
            field={field}
            known={field.name === 'channel' ? workspace.channels.map((channel) => channel.name) : []}
            value={String(one.value ?? '')}
            onValue={(value) => change(assignValue(mapping, field.name, value))}
          />
        )}
      </td>
      <td data-label="Match" className="import-sureness">
        <span>
          <span className="dot" data-tone={sureness.tone} aria-hidden="true" /> {sureness.word}
        </span>
      </td>
      <td data-label="Values in it">{source && <Samples column={source} />}</td>
    </tr>
  );
}

function ColumnOptions({ columns }: { columns: readonly ImportColumn[] }) {
  return (
    <optgroup label="Columns of the file">
      {columns.map((column) => (
        <option key={column.name} value={column.name}>
          {column.name}
        </option>
      ))}
    </optgroup>
  );
}

interface ConstantFieldProps {
  field: ImportField;
  /** What the workspace knows; other values may be written. */
  known: readonly string[];
  value: string;
  onValue(value: string): void;
}

function ConstantField({ field, known, value, onValue }: ConstantFieldProps) {
  const list = useId();
  const label = `${field.label} of every row`;
  if (field.options) {
    return (
      <select
        className="field import-select"
        aria-label={label}
        value={value}
        onChange={({ currentTarget }) => onValue(currentTarget.value)}
      >
        {field.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  }
  return (
    <>
      <input
        className="field import-select"
        aria-label={label}
        placeholder={placeholderOf(field)}
        maxLength={1000}
        list={known.length > 0 ? list : undefined}
        value={value}
        onChange={({ currentTarget }) => onValue(currentTarget.value)}
      />
      {known.length > 0 && (
        <datalist id={list}>
          {known.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
    </>
  );
}

function placeholderOf(field: ImportField): string {
  if (field.type === 'time') return '2026-11-20 09:00';
  return field.type === 'date' ? '2026-11-20' : 'The value';
}
