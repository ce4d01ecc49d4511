import { addDays } from '../../contract/plain-date.ts';
import type { Dataset } from '../../model/checked.ts';
import { comment, identifier, indented, joined, nested, sql } from '../../sql/build.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import { startOfDay } from '../local-time.ts';
import { chooseRollup } from '../plan/choose-rollup.ts';
import { needOf } from '../plan/need.ts';
import type { StatementTraits } from '../query-context.ts';
import type { Clock } from '../resolved.ts';
import { ROLLUP_SPAN } from '../rollup/columns.ts';
import { offsetsOf } from '../zone-offsets.ts';
import { isHeavy, readsOf } from './reads.ts';
import { compileRolledUpRows } from './rolled-up.ts';
import { compileRowSource, type RowExpression, tableName } from './row-source.ts';
import { readKey, type Scope } from './statement.ts';
import { compileLocalDay, compileTime, compileTimeBounds } from './time.ts';

interface FirstDayStatement {
  sql: RenderedSql;
  traits: StatementTraits;
}

/**
 * Statements for the local day of a dataset's first row as `first_day`, to be tried in turn while it is null. The first reads a
 * roll-up where one tells it; else it looks only into the first weeks of the tables, which the engine finds without reading them; where nothing
 * of the dataset lies there its answer says nothing.
 */
export function compileFirstDay(
  dataset: Dataset,
  time: string,
  { clock, rollups }: Pick<Scope, 'clock' | 'rollups'>,
): FirstDayStatement[] {
  const dependsOn: Pick<StatementTraits, 'reads' | 'readsOfAnswer'> = {
    reads: readsOf(dataset, time, {}),
    // Nothing after a known first day can move it: that takes an earlier row, or that day's own rows to go.
    readsOfAnswer: ([row]) => {
      const day = readKey(row?.['first_day']);
      return readsOf(dataset, time, day === null ? {} : { end: startOfDay(addDays(String(day), 1), clock.zone) });
    },
  };
  const whole = fromFacts(dataset, time, clock, 'all');
  // Later rows matter only where there are no others.
  const range = { end: offsetsOf(rollups.zone).dayOf(ROLLUP_SPAN.end).start };
  const need = needOf({ dataset, time, measures: [] }, [{ kind: 'local_day', name: 'local_day' }], {
    filters: [],
    clock,
    range,
  });
  const choice = chooseRollup(need, rollups);
  if (choice.kind === 'facts') {
    const early = fromFacts(dataset, time, clock, 'early');
    return [
      { sql: early, traits: { key: early, ...dependsOn, heavy: false } },
      { sql: whole, traits: { key: whole, ...dependsOn, heavy: true } },
    ];
  }
  const { source } = choice;
  const rows = compileRolledUpRows({
    source,
    dataset,
    time,
    measures: [],
    scope: { filters: [], clock },
    keys: (of, by) => new Map([['day', (column) => compileLocalDay(compileTime(of, by)(column), clock.zone)]]),
  });
  const text = renderSql(sql`${comment(`first local day of ${dataset.name}`)}SELECT minOrNull(day) AS first_day
FROM ${nested(rows)}`);
  return [
    {
      sql: text,
      traits: { key: `-- within the span of roll-ups\n${whole}`, ...dependsOn, heavy: isHeavy(source.pieces.facts) },
    },
    { sql: whole, traits: { key: whole, ...dependsOn, heavy: true } },
  ];
}

function fromFacts(dataset: Dataset, time: string, { zone }: Clock, search: 'early' | 'all'): RenderedSql {
  const rows = compileRowSource({
    dataset,
    columns: new Map([['first_at', compileTime(dataset, time)]]),
    where: [...compileTimeBounds(dataset, time, {}), ...(search === 'early' ? [isEarly(dataset, time)] : [])],
  });
  return renderSql(sql`${comment(`first local day of ${dataset.name}`)}SELECT ${compileLocalDay(sql`minOrNull(first_at)`, zone)} AS first_day
FROM ${nested(rows)}`);
}

/** Replaced rows may still be in the tables, so their first time is a lower bound and no answer. */
function isEarly(dataset: Dataset, time: string): RowExpression {
  const bounds = dataset.branches.flatMap((branch) => {
    const source = branch.columns.get(time);
    if (source === undefined || 'constant' in source) return [];
    const first = identifier(source.column);
    return [sql`SELECT if(count() = 0, NULL, min(${first})) AS bound FROM ${tableName(branch.table)}`];
  });
  const bound = sql`(SELECT min(bound) FROM (\n  ${indented(joined('\nUNION ALL\n', bounds))}\n))`;
  return (column) => sql`${column(time)} < ${bound} + INTERVAL 35 DAY`;
}
