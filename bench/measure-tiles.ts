import type { QueryResult } from '../src/contract/result.ts';
import type { QueryContext } from '../src/query/query-context.ts';
import type { Warehouse } from '../src/warehouse/warehouse.ts';
import { type Agreement, compareEngines, comparePostgres } from './agree.ts';
import { freshEngine, type Rollups, timeBatch } from './engines.ts';
import { percentile, sortedNumbers } from './measure.ts';
import type { BenchPage, BenchTile } from './pages.ts';
import { answerTile } from './postgres/answer-tile.ts';
import type { BenchPostgres } from './postgres/server.ts';
import type { BenchStore } from './store/open-store.ts';

/** Milliseconds, medians; null where a system took no part. */
export interface Figures {
  /** No answer remembered: a fresh engine for each; what the operating system remembers of the disk is warm. */
  cold: number | null;
  /** Asked again at once. */
  warm: number | null;
  raw: number | null;
  postgres: number | null;
}

export interface TileFigures extends Figures {
  tile: string;
  kind: string;
  /** How Turnout answered, each way once. */
  plan: string[];
  rowsRead: number;
}

export interface PageFigures {
  page: string;
  tiles: TileFigures[];
  /** Everything that the page asks for, in one request, all tiles at once. */
  batch: Figures;
}

export interface Systems {
  store: BenchStore;
  warehouse: Warehouse;
  context: QueryContext;
  /** Turnout with roll-ups; without them only raw facts are asked. */
  rollups: Rollups | null;
  /** The same on raw facts; always asked where there are no roll-ups. */
  raw: boolean;
  postgres: BenchPostgres | null;
}

type Times = { [Name in keyof Figures]: number[] };
const noTimes = (): Times => ({ cold: [], warm: [], raw: [], postgres: [] });
const medians = (times: Times): Figures => ({
  cold: median(times.cold),
  warm: median(times.warm),
  raw: median(times.raw),
  postgres: median(times.postgres),
});
const median = (times: readonly number[]): number | null =>
  times.length === 0 ? null : percentile(sortedNumbers(times), 0.5);

/** One round first in which the answers are compared, then so many whose times count; PostgreSQL's first answers count where it has no other round. */
export async function measurePage(
  page: BenchPage,
  systems: Systems,
  agreement: Agreement,
  rounds: { turnout: number; postgres: number },
): Promise<PageFigures> {
  const asked = page.tiles.filter(({ queries }) => queries.length > 0);
  const tiles = asked.map((tile) => ({ tile, times: noTimes(), first: null as QueryResult[] | null }));
  for (const each of tiles) {
    const { results, postgresMs } = await compareTile(each.tile, page.name, systems, agreement);
    each.first = results;
    if (postgresMs !== null && rounds.postgres === 0) each.times.postgres.push(postgresMs);
  }
  const batch = noTimes();
  for (let round = 0; round < rounds.turnout; round += 1) {
    for (const { tile, times } of tiles) await timeTile(tile, times, systems, round < rounds.postgres);
    await timeQueries(
      page.batch.map(({ query }) => query),
      batch,
      systems,
    );
  }
  return {
    page: page.name,
    tiles: tiles.map(({ tile, times, first }) => ({
      tile: tile.title,
      kind: tile.kind,
      ...medians(times),
      plan: [...new Set((first ?? []).flatMap(({ meta }) => meta.plan))],
      rowsRead: (first ?? []).reduce((sum, { meta }) => sum + meta.rows_read, 0),
    })),
    batch: medians(batch),
  };
}

async function compareTile(
  tile: BenchTile,
  page: string,
  { store, warehouse, context, rollups, raw, postgres }: Systems,
  agreement: Agreement,
): Promise<{ results: QueryResult[]; postgresMs: number | null }> {
  const queries = tile.queries.map(({ query }) => query);
  const ask = (own: QueryContext) => timeBatch(freshEngine(store, warehouse), queries, own);
  const ours = rollups === null ? null : (await ask({ ...context, rollups })).results;
  const onFacts = raw || ours === null ? (await ask(context)).results : null;
  const started = performance.now();
  const theirs = postgres === null ? null : (await answerTile(postgres.client, tile, { store, context })).results;
  const postgresMs = postgres === null ? null : performance.now() - started;
  const results = ours ?? onFacts ?? [];
  for (const [index, { key, query }] of tile.queries.entries()) {
    agreement.at(`${page}: ${key}`);
    const [one, other, pg] = [ours?.[index], onFacts?.[index], theirs?.[index]];
    if (one !== undefined && other !== undefined) compareEngines(agreement, one, other);
    const shown = results[index];
    if (shown !== undefined && pg !== undefined) comparePostgres(agreement, query, shown, pg);
  }
  return { results, postgresMs };
}

async function timeTile(tile: BenchTile, times: Times, systems: Systems, alsoPostgres: boolean): Promise<void> {
  await timeQueries(
    tile.queries.map(({ query }) => query),
    times,
    systems,
  );
  const { postgres, store, context } = systems;
  if (postgres === null || !alsoPostgres) return;
  const started = performance.now();
  await answerTile(postgres.client, tile, { store, context });
  times.postgres.push(performance.now() - started);
}

async function timeQueries(
  queries: Parameters<typeof timeBatch>[1],
  times: Times,
  { store, warehouse, context, rollups, raw }: Systems,
): Promise<void> {
  if (rollups !== null) {
    const engine = freshEngine(store, warehouse);
    times.cold.push((await timeBatch(engine, queries, { ...context, rollups })).ms);
    times.warm.push((await timeBatch(engine, queries, { ...context, rollups })).ms);
  }
  if (raw || rollups === null) times.raw.push((await timeBatch(freshEngine(store, warehouse), queries, context)).ms);
}
