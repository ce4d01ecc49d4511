import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TurnoutError } from '../../src/contract/errors.ts';
import { query as querySchema } from '../../src/contract/query.ts';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import { createQueryEngine } from '../../src/query/run-query.ts';
import { type Case, expandFacts, readCases } from './case-file.ts';
import { loadCaseModel } from './model.ts';
import { completeContext } from './query-context.ts';
import { type FactWarehouse, openFactWarehouse } from './warehouse.ts';

const files = readdirSync(import.meta.dirname).filter(
  (name) => name.endsWith('.yaml') && !['model.yaml', 'tables.yaml'].includes(name),
);

let engine: FactWarehouse;
beforeAll(async () => {
  engine = await openFactWarehouse();
});
afterAll(async () => {
  await engine?.close();
});

it('has at least 40 cases', () => {
  expect(files.flatMap(casesOf).length).toBeGreaterThanOrEqual(40);
});

describe.each(files)('%s', (file) => {
  it.each(casesOf(file).map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const answer = await answerCase(one);
    if (one.problems !== undefined) {
      expect(answer).toBeInstanceOf(TurnoutError);
      expect((answer as TurnoutError).problems).toMatchObject(one.problems);
      expect((answer as TurnoutError).problems.length).toBe(one.problems.length);
      return;
    }
    if (answer instanceof TurnoutError) throw answer;
    checkAnswer(one, answer);
  });
});

function casesOf(file: string): Case[] {
  return readCases(file, readFileSync(join(import.meta.dirname, file), 'utf8'));
}

async function answerCase(one: Case): Promise<QueryResult | TurnoutError> {
  const model = loadCaseModel(one.workspace);
  await engine.fill(expandFacts(one.facts, model.workspace.currency));
  const now = Date.parse(one.now);
  const queries = createQueryEngine({ model, run: (statement, options) => engine.warehouse.query(statement, options) });
  try {
    return await queries.run(querySchema.parse(one.query), completeContext(now));
  } catch (error) {
    if (error instanceof TurnoutError) return error;
    throw error;
  }
}

function checkAnswer(one: Case, answer: QueryResult): void {
  const isFunnel = 'funnel' in one.query;
  const rows = one.nonzero ? answer.rows.filter((row) => hasValue(row, answer)) : answer.rows;
  if (one.count !== undefined) expect(answer.rows.length).toBe(one.count);
  if (one.rows !== undefined) {
    const shown = isFunnel
      ? rows.map((row, index) => onlyKeys(row, one.rows?.[one.unordered ? 0 : index]))
      : rows.map((row) => (one.samples ? row : withoutSamples(row)));
    expect(sorted(shown, one.unordered)).toEqual(sorted(one.rows, one.unordered).map(closeTo));
  }
  if (one.totals !== undefined) expect(withoutSamples(answer.totals ?? {})).toEqual(closeTo(one.totals));
  if (one.compare !== undefined)
    expect(answer.compare?.rows.map((row) => row && withoutSamples(row))).toEqual(
      one.compare.map((row) => row && closeTo(row)),
    );
  if (one.compare_totals !== undefined)
    expect(withoutSamples(answer.compare?.totals ?? {})).toEqual(closeTo(one.compare_totals));
  if (one.meta !== undefined) expect(answer.meta).toMatchObject(one.meta);
  for (const [name, parts] of Object.entries(one.columns ?? {}))
    expect(answer.columns.find((column) => column.name === name)).toMatchObject(parts);
  for (const note of one.notes) expect(answer.meta.notes.join('\n')).toContain(note);
  for (const [metric, ignored] of Object.entries(one.ignores ?? {}))
    expect(answer.columns.find((column) => column.name === metric)?.ignores).toEqual(ignored);
}

function hasValue(row: Row, answer: QueryResult): boolean {
  return answer.columns.some(({ kind, name }) => kind === 'metric' && (row[name] ?? 0) !== 0);
}

function withoutSamples(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.endsWith('__n')));
}

function onlyKeys(row: Row, expected: Row | undefined): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => expected !== undefined && name in expected));
}

function sorted(rows: readonly Row[], unordered: boolean): Row[] {
  const key = (row: Row) => JSON.stringify(Object.entries(row).sort());
  return unordered ? [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1)) : [...rows];
}

function closeTo(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isInteger(value) ? expect.closeTo(value, 9) : value,
    ]),
  );
}
