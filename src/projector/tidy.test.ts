import { expect, test } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { defaultRow } from './rows.ts';
import { insertRows } from './stored-rows.ts';
import { loadParts, tidy } from './tidy.ts';

const engine = withEngine();

const partsOf = async (table: string) =>
  (await loadParts(engine.warehouse)).find((one) => one.table === table)?.parts ?? 1;

test('many pieces become one; the rows stay', async () => {
  const { warehouse } = engine;
  for (let version = 1; version <= 9; version += 1)
    await insertRows(warehouse, 'participations', [
      { ...defaultRow('participations'), webinar: `w${version}`, person: version, version },
    ]);
  const before = await partsOf('participations');
  await tidy(warehouse, false);
  expect(await partsOf('participations')).toBe(before > 6 ? 1 : before);
  await insertRows(warehouse, 'participations', [{ ...defaultRow('participations'), webinar: 'w9', version: 10 }]);
  await tidy(warehouse, true);
  expect(await partsOf('participations')).toBe(1);
  const { rows } = await warehouse.query<{ rows: number }>(
    renderSql(sql`SELECT count() AS rows FROM turnout.participations FINAL`),
  );
  expect(rows[0]?.rows).toBe(10);
});

test('a month that came in pieces is merged by itself', async () => {
  const { warehouse } = engine;
  const months = [Date.UTC(2026, 0, 15), Date.UTC(2026, 1, 15)] as const;
  for (let version = 1; version <= 60; version += 1)
    await insertRows(warehouse, 'messages', [
      { ...defaultRow('messages'), message: String(version), at: months[version % 10 === 0 ? 0 : 1], version },
    ]);
  await tidy(warehouse, false);
  for (const { table, parts } of await loadParts(warehouse)) if (table === 'messages') expect(parts).toBeLessThan(21);
  const { rows } = await warehouse.query<{ rows: number }>(
    renderSql(sql`SELECT count() AS rows FROM turnout.messages FINAL`),
  );
  expect(rows[0]?.rows).toBe(60);
});
