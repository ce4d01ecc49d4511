import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { postgres } from '../src/connectors/postgres.ts';
import { postgresSettings } from '../src/connectors/postgres-settings.ts';
import { openFileReader } from '../src/files/file-reader.ts';
import type { ReaderNews, ReaderOrder } from '../src/sync/reader-messages.ts';
import { type Measured, measureProcess } from './measured-process.ts';

const READER = fileURLToPath(new URL('../src/sync/reader-child.ts', import.meta.url));
const REGISTRY = new URL('../src/connectors/registry.ts', import.meta.url).href;

/** A PostgreSQL table through the process that reads for a run, every page handed over as to the server. */
export function readPostgresAsTurnout(url: string, table: string): Promise<Measured> {
  const settings = postgresSettings.parse({
    url,
    streams: [{ record: 'row', table: 'bench', key: 'id', cursor: 'id', query: `SELECT * FROM ${table}` }],
  });
  const [stream] = postgres.streams(settings);
  if (stream === undefined) throw new Error('no stream');
  const order: ReaderOrder = {
    type: 'read',
    source: { connector: 'postgres', settings },
    request: { stream, cursor: null },
    limits: { now: Date.now(), requests: 1000, milliseconds: 600_000 },
    setup: { connectors: REGISTRY, egressAllow: ['127.0.0.1'] },
  };
  return measureProcess(READER, [], (child) => readAll(child, order), ['--max-old-space-size=512']);
}

function readAll(child: ChildProcess, order: ReaderOrder): Promise<number> {
  let rows = 0;
  return new Promise((resolve, reject) => {
    child.on('message', (news: ReaderNews) => {
      if (news.type === 'page') {
        rows += news.page.rows;
        child.send({ type: 'kept' } satisfies ReaderOrder);
      } else if (news.type === 'done') resolve(rows);
      else if (news.type === 'failed') reject(new Error(news.message));
    });
    child.send(order);
  });
}

/** A file through the process that reads files, every page handed over as to the server. */
export async function readFileAsTurnout(path: string): Promise<Measured> {
  const reader = openFileReader();
  try {
    const { format } = await reader.look(path, {});
    const started = performance.now();
    let rows = 0;
    for await (const page of reader.pages(path, format)) rows += page.rows.length;
    return { rows, seconds: (performance.now() - started) / 1000, peakRss: await reader.peakRss() };
  } finally {
    await reader.close();
  }
}
