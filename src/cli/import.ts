import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ImportCheck, ImportInfo } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { FileFormat, RowMapping } from '../contract/mapping.ts';
import { type ServerCalls, withServer } from './with-server.ts';

const LOOK_EVERY_MS = 300;

const OPTIONS = {
  url: { type: 'string' },
  as: { type: 'string' },
  kind: { type: 'string' },
  table: { type: 'string' },
  sheet: { type: 'string' },
  section: { type: 'string' },
  'date-order': { type: 'string' },
  'time-zone': { type: 'string' },
  decimal: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

/** `turnout import FILE`: looks at a CSV or XLSX file, checks every row, then imports it. `--dry-run` stops before that. */
export async function importFile(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const [path] = positionals;
  if (path === undefined)
    throw new TurnoutError('invalid_request', 'Say which file: turnout import FILE [--kind …] [--as NAME] [--dry-run]');
  const bytes = await open(path);
  return withServer(values.url, async (server) => {
    let info = await server.send<ImportInfo>(`/api/v1/imports?name=${encodeURIComponent(basename(path))}`, bytes);
    if (info.state === 'failed') throw new TurnoutError('invalid_request', info.error ?? 'The file cannot be read.');
    const at = `/api/v1/imports/${info.id}`;
    if (values.sheet !== undefined || values.section !== undefined)
      info = await server.post(`${at}/format`, {
        format: { ...info.format, ...given({ sheet: values.sheet, section: values.section }) } satisfies FileFormat,
      });
    if (values.kind !== undefined) info = await server.post(`${at}/kind`, { record: values.kind });
    const chosen = given({
      date_order: values['date-order'],
      time_zone: values['time-zone'],
      decimal: values.decimal,
    }) as Partial<RowMapping>;
    if (Object.keys(chosen).length > 0)
      info = await server.post(`${at}/mapping`, { mapping: { ...info.mapping, ...chosen } });
    for (const guess of info.guesses) process.stdout.write(`  ${guess}\n`);
    process.stdout.write(`  ${describeMapping(info)}\n`);

    info = await server.post<ImportInfo>(`${at}/check`, {});
    while (info.check === null && info.error === null) info = await later(server, at);
    if (info.check === null) throw new TurnoutError('invalid_request', info.error ?? 'The file cannot be checked.');
    printCheck(info.check);
    if (values['dry-run']) {
      await server.post(`${at}/discard`, {});
      return 0;
    }
    if (info.check.good + info.check.fixed === 0)
      throw new TurnoutError('invalid_request', 'No row can be counted, so nothing was imported.');

    info = await server.post(`${at}/run`, given({ save_as: values.as, table: values.table }));
    while (info.state === 'running') info = await later(server, at);
    if (info.state !== 'done') throw new TurnoutError('unavailable', info.error ?? 'The import did not end well.');
    process.stdout.write(
      `Imported ${info.run?.rows ?? 0} rows as "${info.result?.source}".${info.result?.dashboard ? ` See ${info.result.dashboard}.` : ''}\n`,
    );
    return 0;
  });
}

/** Rejects for a folder and throws for a file that is not there. */
async function open(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch {
    throw new TurnoutError('not_found', `There is no file ${path} that can be read.`);
  }
}

async function later(server: ServerCalls, path: string): Promise<ImportInfo> {
  await pause(LOOK_EVERY_MS);
  return server.get<ImportInfo>(path);
}

function describeMapping({ mapping, saved }: ImportInfo): string {
  const fields = mapping.columns.map((one) => `${one.field} ← ${one.column ?? JSON.stringify(one.value)}`);
  const known = saved === null ? '' : ` (as saved: ${saved.label})`;
  const kind = mapping.record === 'row' ? 'row of a table of your own' : mapping.record;
  return `A row is a ${kind}${known}: ${fields.join(', ')}`;
}

function printCheck(check: ImportCheck): void {
  process.stdout.write(
    `${check.rows} rows: ${check.good} good, ${check.fixed} fixed, ${check.rejected} rejected, ${check.repeated} repeated.\n`,
  );
  for (const { reason, rows, first_row: row } of check.reasons.slice(0, 10))
    process.stdout.write(`  ${rows} × ${reason} (first in row ${row})\n`);
}

/** Without what was not given. */
function given<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
