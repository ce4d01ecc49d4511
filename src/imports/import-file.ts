import { TurnoutError } from '../contract/errors.ts';
import type { FileFormat } from '../contract/mapping.ts';
import { PAGE_HEADERS } from '../contract/pull.ts';
import type { FileReader } from '../files/file-reader.ts';
import type { NewEntry } from '../journal/entry.ts';
import type { ImportRun } from './import-workspace.ts';

export interface ImportFileOptions {
  path: string;
  format: FileFormat;
  source: string;
  run: ImportRun;
  append(entry: NewEntry): Promise<number>;
  clock: () => number;
  signal: AbortSignal;
}

/** Puts a file into the journal page by page. However it ends, what is durable is in the run, so that it can be taken back. */
export async function importFile(reader: FileReader, options: ImportFileOptions): Promise<void> {
  const { path, format, source, run, append, clock, signal } = options;
  try {
    for await (const page of reader.pages(path, format)) {
      if (signal.aborted) throw new TurnoutError('unavailable', 'Turnout is stopping.');
      const body = Buffer.from(JSON.stringify(page));
      const seq = await append({
        source,
        receivedAt: clock(),
        target: '/import',
        headers: {
          'content-type': 'application/json',
          [PAGE_HEADERS.stream]: 'files',
          [PAGE_HEADERS.run]: String(run.id),
        },
        body,
      });
      await run.page(page.rows.length, body.length, seq);
    }
    await run.end('ok');
  } catch (error) {
    const sentence = error instanceof TurnoutError ? error.message : 'The file could not be read to its end.';
    await run.end(signal.aborted ? 'stopped' : 'failed', sentence);
    throw error;
  }
}
