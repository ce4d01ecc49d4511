import { cpSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import type { Freshness, LedgerRow } from '../../src/contract/api.ts';
import { startServerProcess, temporaryFolder } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The sample workspace, started once for all browser tests. */
    sample: { url: string; data: string };
    /** What its first start told at its ready line, and a copy of its folder as the SIGTERM after that left it. */
    firstStart: { freshness: Freshness; ledger: LedgerRow[]; exitCode: number | null; log: string; copy: string };
  }
}

/** Global set-up of the server and browser tests: one server with the sample. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // With TURNOUT_TEST_DATA a sample that was made before is used again: quicker while writing tests.
  const data = process.env['TURNOUT_TEST_DATA'] ?? temporaryFolder('sample');
  const first = await startServerProcess({ data, sample: true });
  const get = async (path: string) => (await fetch(first.url + path)).json();
  const freshness = (await get('/api/v1/freshness')) as Freshness;
  const ledger = (await get('/api/v1/ledger')) as LedgerRow[];
  const exitCode = await first.stop();
  const copy = temporaryFolder('sample-copy');
  cpSync(data, copy, { recursive: true });
  project.provide('firstStart', { freshness, ledger, exitCode, log: first.log(), copy });
  const server = await startServerProcess({ data, sample: true });
  project.provide('sample', { url: server.url, data: server.data });
  return async () => {
    const code = await server.stop();
    if (code !== 0) throw new Error(`the sample server ended with ${code}:\n${server.log()}`);
  };
}
