import { parseArgs } from 'node:util';
import { TurnoutError } from '../contract/errors.ts';

/** `turnout query '?m=charges&by=channel&p=28d'`: asks a running server (PORT, HOST) in the URL grammar and prints the answer as JSON. */
export async function query(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string' }, sql: { type: 'boolean', default: false } },
  });
  const [search] = positionals;
  if (search === undefined)
    throw new TurnoutError(
      'invalid_request',
      "Say what to ask, for example: turnout query '?m=charges&by=channel&p=28d'",
    );
  const base = values.url ?? `http://127.0.0.1:${process.env['PORT'] ?? 4321}`;
  const path = values.sql ? '/api/v1/query/sql' : '/api/v1/query';
  const answer = await fetch(`${base}${path}${search.startsWith('?') ? search : `?${search}`}`).catch(() => {
    throw new TurnoutError(
      'unavailable',
      `No Turnout answers at ${base}. Start it with npm start, or say where it is with --url.`,
    );
  });
  const text = await answer.text();
  process.stdout.write(
    values.sql && answer.ok
      ? (JSON.parse(text) as { sql: string }).sql
      : `${JSON.stringify(JSON.parse(text), null, 2)}\n`,
  );
  return answer.ok ? 0 : 1;
}
