import { useMemo } from 'react';
import type { ImportField } from '../../src/contract/api.ts';
import { PlainTable } from '../table/plain-table.tsx';
import { listCountries } from './countries.ts';
import { DATE_ORDER_LABELS, dateExamples } from './date-orders.ts';
import { columnOf, isMapped, mapValue, setValueFormat, toggleKey } from './mapping-edits.ts';
import type { StepProps } from './step-props.ts';
import { ambiguousColumns, asksZone, optionFields } from './steps.ts';
import type { CheckState } from './use-check.ts';
import { typesInUse, valueRows } from './value-rows.ts';

type UnmappedValues = NonNullable<StepProps['info']['check']>['unmapped_values'];

interface ValuesStepProps extends StepProps {
  check: CheckState;
  /** What the last reading of the whole file found; null before the first one. */
  found: UnmappedValues | null;
}

/** Step 4: what the values mean. Only what applies to the columns in use is asked. */
export function ValuesStep(props: ValuesStepProps) {
  const { info, kind, mapping } = props;
  const types = typesInUse(kind, mapping);
  const lists = optionFields(kind, mapping);
  const ambiguous = ambiguousColumns(info, mapping).length > 0;
  const times = types.has('time') || types.has('date');
  const numbers = types.has('number') || types.has('integer');
  const phones = types.has('phone');
  return (
    <>
      {ambiguous && <DateOrder {...props} />}
      {lists.map((field) => (
        <ValueMapping key={field.name} field={field} {...props} />
      ))}
      {(times || numbers || phones) && (
        <section className="import-part">
          <h3>How they are written</h3>
          <div className="import-settings">
            {times && <TimeZone {...props} />}
            {numbers && <Decimal {...props} />}
            {phones && <PhoneCountry {...props} />}
          </div>
        </section>
      )}
      {mapping.record !== 'row' && mapping.record !== 'webinar_report' && <SameRows {...props} />}
      {!ambiguous && lists.length === 0 && !times && !numbers && !phones && (
        <p>There is nothing to decide about the values of this file.</p>
      )}
    </>
  );
}

/** The only question that is never answered by a guess: half of all such dates would be silently wrong. */
function DateOrder({ info, mapping, workspace, change, obstacles }: StepProps) {
  const columns = ambiguousColumns(info, mapping);
  const samples = columns.flatMap((column) => column.samples);
  const missing = obstacles.some((one) => one.step === 'values');
  return (
    <fieldset className="import-part" aria-invalid={missing || undefined}>
      <legend>
        Day or month first in {columns.map((column) => column.name).join(', ')}?
        {mapping.date_order === undefined && <span className="import-required"> please choose</span>}
      </legend>
      <div className="import-choices">
        {(['dmy', 'mdy'] as const).map((order, index) => (
          <label key={order} className="import-kind">
            <input
              id={index === 0 ? 'match-date-order' : undefined}
              type="radio"
              name="date-order"
              checked={mapping.date_order === order}
              onChange={() => change(setValueFormat(mapping, 'date_order', order))}
            />
            <span>
              <strong>{DATE_ORDER_LABELS[order]}</strong>
              {dateExamples(samples, order, workspace.locale).map((example) => (
                <span key={example} className="import-kind-text">
                  {example}
                </span>
              ))}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Their values and ours; those that nobody has mapped yet come first, the commonest on top. */
function ValueMapping({ field, ...props }: ValuesStepProps & { field: ImportField }) {
  const { mapping, workspace, change, check, found } = props;
  const rows = valueRows(field, mapping, found ?? []);
  const open = rows.filter((row) => row.ours === null && row.rows !== null).length;
  const count = new Intl.NumberFormat(workspace.locale);
  return (
    <section className="import-part" aria-label={field.label}>
      <h3>{field.label}: what their values mean</h3>
      {found === null && (
        <p className="faint" role="status">
          {check.error ? check.error.message : 'Looking through the file for its values …'}
        </p>
      )}
      {found !== null && rows.length === 0 && <p className="faint">All values are known. Nothing to do here.</p>}
      {open > 0 && (
        <p className="faint">
          {open === 1 ? 'One value is' : `${open} values are`} not known. Rows with {open === 1 ? 'it are' : 'them are'}{' '}
          rejected until you say what {open === 1 ? 'it means' : 'they mean'}.
        </p>
      )}
      {rows.length > 0 && (
        <PlainTable className="import-values" headings={['In the file', { number: 'Rows' }, 'Means']}>
          {rows.map((row) => (
            <tr key={row.theirs}>
              <th scope="row">
                <code>{row.theirs === '' ? '(empty)' : row.theirs.slice(0, 100)}</code>
              </th>
              <td className="number">{row.rows === null ? '' : count.format(row.rows)}</td>
              <td>
                <select
                  className="field"
                  aria-label={`${row.theirs === '' ? 'Empty' : row.theirs} means`}
                  value={row.ours ?? ''}
                  onChange={({ currentTarget: { value } }) =>
                    change(mapValue(mapping, field.name, row.theirs, value === '' ? null : value))
                  }
                >
                  <option value="">not known: reject these rows</option>
                  {(field.options ?? []).map((option) => (
                    <option key={option}>{option}</option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
    </section>
  );
}

function TimeZone({ info, mapping, workspace, change }: StepProps) {
  const zones = useMemo(() => {
    const known = new Set([workspace.time_zone, 'UTC', ...Intl.supportedValuesOf('timeZone')]);
    if (mapping.time_zone) known.add(mapping.time_zone);
    return [...known];
  }, [workspace.time_zone, mapping.time_zone]);
  return (
    <label className="import-setting">
      <span>Time zone of times without one</span>
      <select
        className="field"
        value={mapping.time_zone ?? workspace.time_zone}
        onChange={({ currentTarget: { value } }) =>
          change(setValueFormat(mapping, 'time_zone', value === workspace.time_zone ? undefined : value))
        }
      >
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone}
            {zone === workspace.time_zone ? ' (your workspace)' : ''}
          </option>
        ))}
      </select>
      {asksZone(info, mapping) && (
        <span className="faint">The report does not say it: choose the zone of the account that made it.</span>
      )}
    </label>
  );
}

function Decimal({ mapping, change }: StepProps) {
  return (
    <fieldset className="import-setting">
      <legend>Decimals</legend>
      <span className="segments">
        {(['.', ','] as const).map((mark) => (
          <label key={mark}>
            <input
              type="radio"
              name="decimal"
              checked={(mapping.decimal ?? '.') === mark}
              onChange={() => change(setValueFormat(mapping, 'decimal', mark))}
            />
            {mark === '.' ? '1,234.50' : '1.234,50'}
          </label>
        ))}
      </span>
    </fieldset>
  );
}

function PhoneCountry({ mapping, workspace, change }: StepProps) {
  const countries = useMemo(() => listCountries(workspace.locale), [workspace.locale]);
  return (
    <label className="import-setting">
      <span>Country of phone numbers without a code</span>
      <select
        className="field"
        value={mapping.country ?? ''}
        onChange={({ currentTarget: { value } }) =>
          change(setValueFormat(mapping, 'country', value === '' ? undefined : value))
        }
      >
        <option value="">All have one, or as the workspace says</option>
        {countries.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What makes two rows one: all columns, unless some are enough. */
function SameRows({ info, mapping, change }: StepProps) {
  const chosen = mapping.key ?? [];
  return (
    <details className="import-part">
      <summary>
        Rows are the same when{' '}
        {chosen.length > 0
          ? `${chosen.join(' and ')} ${chosen.length === 1 ? 'is' : 'are'} the same`
          : isMapped(columnOf(mapping, 'message_id'))
            ? 'their message id and status are the same'
            : 'all their columns are the same'}
      </summary>
      <p className="faint">
        Rows that are the same count once, in this file and in later ones. Tick what identifies a row, an id for
        example; a later row with the same values then replaces the earlier one.
      </p>
      <div className="import-keys">
        {info.columns.map((column) => (
          <label key={column.name} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(column.name)}
              onChange={() => change(toggleKey(mapping, column.name))}
            />
            {column.name}
          </label>
        ))}
      </div>
    </details>
  );
}
