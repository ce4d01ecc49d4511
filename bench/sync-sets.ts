import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { TestPostgres } from '../test/support/postgres.ts';

/** The same ten columns everywhere: an event of a message as a platform keeps it. */
export const COLUMNS = [
  'id',
  'message_id',
  'channel',
  'status',
  'at',
  'account',
  'phone',
  'campaign',
  'charge',
  'updated_at',
] as const;

export const TABLE = 'bench_events';

/** Rows of a table in a real database. */
export async function fillTable(server: TestPostgres, rows: number): Promise<void> {
  await server.sql(`
    CREATE TABLE ${TABLE} AS
    SELECT n::bigint AS id, md5(n::text) AS message_id,
           (ARRAY['whatsapp', 'email', 'sms', 'ivr'])[1 + n % 4] AS channel,
           (ARRAY['sent', 'delivered', 'read', 'failed'])[1 + n / 7 % 4] AS status,
           '2024-01-01Z'::timestamptz + n * interval '1.371 seconds' AS at,
           'shop-' || n % 450 AS account, '+1202555' || lpad((n % 10000)::text, 4, '0') AS phone,
           'Campaign ' || n % 60 AS campaign, (n % 900)::numeric(10, 2) / 4 AS charge,
           '2024-01-01Z'::timestamptz + n * interval '1.371 seconds' AS updated_at
    FROM generate_series(1, ${rows}) AS n;
    ALTER TABLE ${TABLE} ADD PRIMARY KEY (id);
    ANALYZE ${TABLE};
  `);
}

/** The row as texts and numbers, as a spreadsheet has it. */
export function eventRow(n: number): (string | number)[] {
  const at = new Date(Date.UTC(2024, 0, 1) + n * 1371).toISOString();
  return [
    n,
    `${(n * 2654435761) % 4294967296}-${n}`,
    ['whatsapp', 'email', 'sms', 'ivr'][n % 4] ?? '',
    ['sent', 'delivered', 'read', 'failed'][Math.floor(n / 7) % 4] ?? '',
    at,
    `shop-${n % 450}`,
    `+1202555${String(n % 10000).padStart(4, '0')}`,
    `Campaign ${n % 60}`,
    (n % 900) / 4,
    at,
  ];
}

/** A CSV of that many rows under a header. */
export async function writeCsv(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${COLUMNS.join(',')}\n`);
  let lines: string[] = [];
  for (let n = 1; n <= rows; n++) {
    lines.push(eventRow(n).join(','));
    if (lines.length === 5000 || n === rows) {
      const room = file.write(`${lines.join('\n')}\n`);
      lines = [];
      if (!room) await once(file, 'drain');
    }
  }
  file.end();
  await finished(file);
}
