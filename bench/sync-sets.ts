import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { TestPostgres } from '../test/support/postgres.ts';
import { row, shared, styled, writeLongWorkbook } from '../test/support/xlsx.ts';

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

/** A workbook with one sheet of that many rows under a header, as spreadsheets save it: repeated texts are shared, times are numbers. */
export async function writeXlsx(path: string, rows: number): Promise<void> {
  const strings: string[] = [];
  const known = new Map<string, number>();
  const share = (text: string): string => {
    const index = known.get(text) ?? strings.length;
    if (index === strings.length) {
      known.set(text, index);
      strings.push(`<si><t>${text}</t></si>`);
    }
    return shared(index);
  };
  // The table of shared texts stands before the sheet is written: the first rows hold all of them.
  const cellsOf = (n: number) => {
    const at = 45_292 + (n * 1.371) / 86_400;
    return eventRow(n).map((cell, index) => {
      const column = COLUMNS[index];
      if (column === 'at' || column === 'updated_at') return styled(at, 1);
      return typeof cell === 'string' && column !== 'message_id' ? share(cell) : cell;
    });
  };
  for (let n = 1; n <= Math.min(rows, 10_000); n++) cellsOf(n);
  function* pieces() {
    yield row(1, COLUMNS);
    for (let from = 1; from <= rows; from += 1000) {
      let piece = '';
      for (let n = from; n < Math.min(from + 1000, rows + 1); n++) piece += row(n + 1, cellsOf(n));
      yield piece;
    }
  }
  await writeLongWorkbook(path, { strings: strings.join(''), formats: [0, 22] }, pieces());
}
