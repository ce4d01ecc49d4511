import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { RunDetail, SourceInfo } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import { type ServerCalls, withServer } from './with-server.ts';

const LOOK_EVERY_MS = 300;

/** `turnout sync [SOURCE …] [--full]`: reads sources now and waits; all that are read by schedule where none is named. Exit code 1 when one failed. */
export async function sync(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string' }, full: { type: 'boolean', default: false } },
  });
  return withServer(values.url, async (server) => {
    const { sources } = await server.get<{ sources: SourceInfo[] }>('/api/v1/sources');
    const readable = sources.filter((source) => source.mode !== 'push' && (source.streams ?? []).length > 0);
    const names = positionals.length > 0 ? positionals : readable.map((source) => source.name);
    for (const name of names) {
      if (readable.some((source) => source.name === name)) continue;
      const known = readable.map((source) => source.name).join(', ') || 'none';
      throw new TurnoutError('not_found', `There is no source "${name}" that is read. Known are: ${known}.`);
    }
    if (names.length === 0) process.stdout.write('No source is read by Turnout yet. See docs/connect.\n');
    let failed = false;
    for (const name of names) failed = !(await syncOne(server, name, values.full)) || failed;
    return failed ? 1 : 0;
  });
}

async function syncOne(server: ServerCalls, name: string, full: boolean): Promise<boolean> {
  const { run } = await server.post<{ run: number }>(`/api/v1/sources/${name}/${full ? 'full-refresh' : 'sync'}`, {});
  for (;;) {
    const detail = await server.get<RunDetail>(`/api/v1/runs/${run}`);
    if (detail.state === 'running') {
      await pause(LOOK_EVERY_MS);
      continue;
    }
    for (const stream of detail.streams)
      process.stdout.write(`  ${name}/${stream.name}: ${stream.rows} rows, ${stream.state}\n`);
    for (const notice of detail.notices) process.stdout.write(`  ${notice}\n`);
    process.stdout.write(
      detail.state === 'ok' ? `${name}: ${detail.rows} rows.\n` : `${name}: ${detail.error ?? detail.state}\n`,
    );
    return detail.state === 'ok';
  }
}
