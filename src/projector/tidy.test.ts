import { expect, test } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { countParts } from '../warehouse/schema.ts';
import { defaultRow, encodeTable } from './rows.ts';
import { tidy } from './tidy.ts';

const engine = withEngine();

const parts = async () =>
  (await engine.warehouse.query<{ parts: number }>(countParts('participations', engine.warehouse.layout))).rows[0]
    ?.parts ?? 0;

test('many pieces become one; the rows stay', async () => {
  const { warehouse } = engine;
  for (let version = 1; version <= 9; version += 1) {
    const row = { ...defaultRow('participations'), webinar: `w${version}`, person: version, version };
    const { columns, lines } = encodeTable('participations', [row]);
    await warehouse.insert('participations', columns, lines);
  }
  const before = await parts();
  await tidy(warehouse);
  expect(await parts()).toBe(before > 6 ? 1 : before);
  const { rows } = await warehouse.query<{ rows: number }>(
    renderSql(sql`SELECT count() AS rows FROM turnout.participations FINAL`),
  );
  expect(rows[0]?.rows).toBe(9);
});
