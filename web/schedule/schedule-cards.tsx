import type { ResultColumn } from '../../src/contract/result.ts';
import type { ScheduleGroup } from './schedule-table.tsx';
import { MarkLine, Name, Starts } from './schedule-table.tsx';

/** Events as cards, for narrow screens. */
export function ScheduleCards({
  groups,
  columns,
  details,
  linked,
}: {
  groups: readonly ScheduleGroup[];
  columns: readonly ResultColumn[];
  details: readonly { name: string; label: string }[];
  linked: boolean;
}) {
  return (
    <div className="schedule-cards">
      {groups.map(({ label, rows }) => (
        <section key={label ?? ''} aria-label={label ?? undefined}>
          {label !== null && <h3>{label}</h3>}
          <ul>
            {rows.map((row) => {
              const said = details.map(({ name }) => (row.values[name] === '' ? '' : row.labels[name])).filter(Boolean);
              return (
                <li key={row.id} className="schedule-card" data-status={row.values['status']}>
                  <p className="schedule-card-head">
                    <Starts row={row} />
                  </p>
                  <p className="schedule-card-name">
                    <Name row={row} linked={linked} />
                  </p>
                  {row.mark && <MarkLine text={row.mark.text} />}
                  <p className="faint">{said.join(' · ')}</p>
                  <dl>
                    {columns.map((column) => {
                      const cell = row.cells[column.name];
                      return (
                        <div key={column.name} data-small={cell?.value.small || undefined}>
                          <dt>{column.label}</dt>
                          <dd data-maturing={cell?.maturing || undefined}>{cell?.value.text ?? ''}</dd>
                        </div>
                      );
                    })}
                  </dl>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}
