import { setTimeout as pause } from 'node:timers/promises';
import type { Query } from '../src/contract/query.ts';
import type { BatchResult } from '../src/contract/result.ts';
import { sql } from '../src/sql/build.ts';
import { renderSql } from '../src/sql/render.ts';
import type { Warehouse } from '../src/warehouse/warehouse.ts';
import { startServerProcess } from '../test/support/server.ts';
import { distinctMegabytes, residentMegabytes } from './memory.ts';
import type { BenchStore } from './store/open-store.ts';

export interface TableBytes {
  table: string;
  rows: number;
  bytes: number;
  parts: number;
}

/** What every table takes on disk, widest first. */
export async function measureTables(warehouse: Warehouse): Promise<TableBytes[]> {
  const { rows } = await warehouse.query<TableBytes>(
    renderSql(sql`SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts
FROM system.parts WHERE active AND database = 'turnout' GROUP BY table ORDER BY bytes DESC`),
  );
  return rows;
}

export interface ServerFootprint {
  /** Milliseconds from the start of the process to its ready line, and to its first answered page. */
  readyMs: number;
  firstPageMs: number;
  /** Milliseconds of pages that nobody asked for before, over HTTP, by name. */
  pages: Record<string, number>;
  /** Megabytes of server and engine a minute after the last request: resident, and with shared pages counted once. */
  idleMegabytes: { resident: number; distinct: number };
}

const IDLE_MS = 60_000;
const LIMIT_MS = 120_000;

/** Starts the real server on the store, as `npm start` does, and asks for each page once. */
export async function measureServer(
  { data, workspace }: BenchStore,
  pages: readonly { name: string; queries: readonly Query[] }[],
): Promise<ServerFootprint> {
  const started = performance.now();
  const server = await startServerProcess({ data, workspace, env: { TURNOUT_LOG: 'warn' } });
  try {
    let firstPageMs = Number.NaN;
    const times: Record<string, number> = {};
    for (const { name, queries } of pages) {
      const asked = performance.now();
      await askPage(server.url, queries);
      if (Number.isNaN(firstPageMs)) firstPageMs = performance.now() - started;
      else times[name] = performance.now() - asked;
    }
    await pause(IDLE_MS);
    const idleMegabytes = { resident: residentMegabytes(server.pid), distinct: distinctMegabytes(server.pid) };
    return { readyMs: server.readyAfter, firstPageMs, pages: times, idleMegabytes };
  } finally {
    await server.stop();
  }
}

/** Asks until every query is answered: while the numbers are being opened they are not. */
async function askPage(url: string, queries: readonly Query[]): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  for (;;) {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-turnout': '1' },
      body: JSON.stringify({ queries }),
    });
    if (response.ok) {
      const { results } = (await response.json()) as BatchResult;
      if (results.every((item) => !('error' in item))) return;
    }
    if (performance.now() > until) throw new Error(`the server did not answer a page within ${LIMIT_MS / 1000} s`);
    await pause(20);
  }
}
