import type { ChangeQuery, Query } from '../src/contract/query.ts';
import type { Cell, QueryResult, Row } from '../src/contract/result.ts';
import { keyText, type PgAnswer } from './postgres/answer-metrics.ts';
import type { PgResult } from './postgres/answer-tile.ts';
import { METRICS } from './postgres/metrics.ts';

/** Whether two systems say the same. Every difference is a sentence; `compared` counts the numbers that were held against each other. */
export class Agreement {
  compared = 0;
  readonly differences: string[] = [];
  /** Where the numbers are, for the sentences. */
  #place = '';

  at(place: string): this {
    this.#place = place;
    return this;
  }

  differ(sentence: string): void {
    this.differences.push(`${this.#place}: ${sentence}`);
  }

  /** Counts, people and money: the same number. Quotients: to the fifteenth digit, where the division is done in another order. */
  number(name: string, ours: Cell | undefined, theirs: Cell | undefined, quotient: boolean): void {
    this.compared += 1;
    const [a, b] = [Number(ours ?? 0), Number(theirs ?? 0)];
    if (a === b) return;
    if (quotient && Math.abs(a - b) <= 4e-15 * Math.max(Math.abs(a), Math.abs(b))) return;
    this.differ(`${name}: ${ours ?? 'nothing'} here, ${theirs ?? 'nothing'} there`);
  }
}

/** Turnout on roll-ups and on raw facts: the same answers to the last digit, notes and plans apart. */
export function compareEngines(agreement: Agreement, ours: QueryResult, theirs: QueryResult): void {
  const rows = [ours, theirs].map(({ rows, totals, compare, marks }) => ({ rows, totals, compare, marks }));
  agreement.compared += ours.rows.length * Math.max(1, ours.columns.length);
  const [a, b] = rows.map((part) => JSON.stringify(part));
  if (a === b) return;
  const index = ours.rows.findIndex((row, place) => JSON.stringify(row) !== JSON.stringify(theirs.rows[place]));
  agreement.differ(
    index >= 0
      ? `row ${index}: ${JSON.stringify(ours.rows[index])} and ${JSON.stringify(theirs.rows[index])}`
      : `totals or comparison: ${a?.slice(-300)} and ${b?.slice(-300)}`,
  );
}

/** Turnout and PostgreSQL. What PostgreSQL has no row for is nothing or 0. */
export function comparePostgres(agreement: Agreement, query: Query, ours: QueryResult, theirs: PgResult): void {
  switch (theirs.kind) {
    case 'metrics':
      compareMetrics(agreement, ours, theirs);
      break;
    case 'change':
      compareChange(agreement, query as ChangeQuery, ours, theirs);
      break;
    case 'funnel':
      compareSteps(agreement, ours.rows, theirs.steps);
      if (theirs.compare !== undefined) compareSteps(agreement, ours.compare?.rows ?? [], theirs.compare);
  }
}

type PgMetrics = Extract<PgResult, { kind: 'metrics' }>;

function compareMetrics(agreement: Agreement, ours: QueryResult, { query, sets, compare }: PgMetrics): void {
  const ways = query.sets ?? [query.groups];
  const seen = ways.map(() => new Set<string>());
  const names = query.metrics.map(({ name }) => name);
  const settles = new Set(
    query.metrics.flatMap((metric) => (query.matured && metric.maturesAfter !== undefined ? [metric.name] : [])),
  );
  const compareRow = (row: Row | null | undefined, answers: readonly PgAnswer[] | undefined, mark: boolean): void => {
    if (row === null || row === undefined || answers === undefined) return;
    const way = Number(row['__set'] ?? 0);
    const groups = ways[way] ?? [];
    const text = keyText(groups.map(({ name }) => row[name]));
    if (mark) seen[way]?.add(text);
    // Beside a row whose cohorts have not settled there is nothing to compare with.
    const shown = mark ? names : names.filter((name) => row[name] !== null || !settles.has(name));
    compareValues(agreement, shown, row, answers[way]?.rows.get(text), text.replaceAll('\u0001', ', '));
  };
  for (const row of ours.rows) compareRow(row, sets, true);
  for (const row of ours.compare?.rows ?? []) compareRow(row, compare, false);
  if (ours.totals !== undefined) compareValues(agreement, names, ours.totals, sets[0]?.totals, 'total');
  if (ours.compare?.totals !== undefined)
    compareValues(agreement, names, ours.compare.totals, compare?.[0]?.totals, 'total before');
  // Nothing may be left out but what a limit cuts off.
  if (query.limit !== undefined && ours.rows.length >= query.limit) return;
  for (const [way, { rows }] of sets.entries())
    for (const [text, row] of rows) {
      const says = names.some((name) => row[name] !== null && row[name] !== 0 && row[name] !== undefined);
      if (says && seen[way]?.has(text) === false) agreement.differ(`no row for ${text.replaceAll('\u0001', ', ')}`);
    }
}

function compareValues(
  agreement: Agreement,
  names: readonly string[],
  ours: Row,
  theirs: Row | undefined,
  where: string,
) {
  for (const name of names) {
    const kind = METRICS[name]?.kind;
    const quotient = kind === 'ratio' || kind === 'median' || !Number.isInteger(ours[name] ?? 0);
    agreement.number(`${name} of ${where}`, ours[name], theirs?.[name], quotient);
  }
}

function compareSteps(agreement: Agreement, ours: readonly (Row | null)[], theirs: readonly Row[]): void {
  for (const [index, step] of theirs.entries())
    for (const name of ['reached', 'median_seconds', 'p90_seconds'])
      agreement.number(`${name} of ${step['step']}`, ours[index]?.[name], step[name], name !== 'reached');
}

/** The rows of a change are made of the rows of two queries: what they are made of is compared. */
function compareChange(
  agreement: Agreement,
  { change, dimensions }: ChangeQuery,
  ours: QueryResult,
  { now, before }: Extract<PgResult, { kind: 'change' }>,
): void {
  if (now.kind !== 'metrics' || before.kind !== 'metrics') throw new Error('a change is made of metrics');
  for (const row of ours.rows) {
    if (row['state'] === 'other') continue;
    const level = Number(row['level']);
    const text = keyText(dimensions.slice(0, level).map((name) => row[name]));
    for (const [answer, suffix, value] of [
      [now, '', 'value'],
      [before, '_before', 'before'],
    ] as const) {
      const theirs = answer.sets[level]?.rows.get(text);
      agreement.number(`${value} of ${text}`, row[value], theirs?.[change], true);
      agreement.number(`numerator${suffix} of ${text}`, row[`numerator${suffix}`], theirs?.[`${change} over`], false);
      agreement.number(
        `denominator${suffix} of ${text}`,
        row[`denominator${suffix}`],
        theirs?.[`${change} under`],
        false,
      );
    }
  }
}
