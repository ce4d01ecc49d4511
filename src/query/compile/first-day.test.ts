import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCaseModel } from '../../../test/cases/model.ts';
import { completeContext } from '../../../test/cases/query-context.ts';
import { withEngine } from '../../../test/support/engine.ts';
import { emptyTables } from '../../../test/support/facts.ts';
import { type FactChange, FactWorld, keeperOf } from '../../../test/support/rollup-world.ts';
import type { RollupKeeper } from '../../rollups/keeper.ts';
import { ChangeLog } from '../change-log.ts';
import { createQueryEngine } from '../run-query.ts';

const model = loadCaseModel({ time_zone: 'America/New_York', windows: { week: 2, month: 4 } });
const engine = withEngine();

const running: RollupKeeper[] = [];

beforeEach(() => emptyTables(engine.warehouse));
afterEach(async () => {
  for (const keeper of running.splice(0)) await keeper.close();
});

/** Local 21:00 of a day in January: the next day in UTC. */
const evening = (day: number): number => Date.UTC(2025, 0, day, 26);
const message = (id: number, day: number): FactChange => ({
  table: 'messages',
  id,
  row: { at: evening(day), channel: 'sms', account: id, recipient: id, sent: 1, delivered: 1 },
});
const login = (id: number, day: number): FactChange => ({
  table: 'activities',
  id,
  row: { at: evening(day), person: id, feature: 'login' },
});
const gone = ({ table, id }: FactChange): FactChange => ({ table, id });

function openPage({ keeping }: { keeping: boolean } = { keeping: false }) {
  const world = new FactWorld(engine.warehouse);
  const log = new ChangeLog();
  const looks: string[] = [];
  const queries = createQueryEngine({
    model,
    run: (statement, options) => {
      if (statement.startsWith('-- first local day')) looks.push(statement);
      return engine.warehouse.query(statement, options);
    },
  });
  const keeper = keeping ? keeperOf(world, model, engine.warehouse) : undefined;
  if (keeper !== undefined) {
    running.push(keeper);
    keeper.start();
  }
  return {
    looks,
    async write(...changes: FactChange[]) {
      const told = await world.write(changes);
      keeper?.applied(told, world.seq);
      log.applied(told);
    },
    async rolledUp() {
      await keeper?.settled();
    },
    /** The first day, as a sentence tells it, and how many statements it took. */
    async firstDay() {
      const before = looks.length;
      const { meta } = await queries.run(
        { metrics: ['mau'], time: { range: ['2025-01-01', '2025-01-31'], grain: 'day' } },
        completeContext(evening(31), { changes: log.view(), ...(keeper && { rollups: keeper.kept() }) }),
      );
      const day = /the first day of data \((.*)\)/.exec(meta.notes.join())?.[1] ?? null;
      return { day, looks: looks.length - before };
    },
  };
}

describe('the first local day of a dataset', () => {
  it('is asked for once, until something changes on it or before', async () => {
    const { write, firstDay } = openPage();
    await write(message(1, 10), login(2, 20));
    expect(await firstDay()).toEqual({ day: '2025-01-10', looks: 1 });
    await write(message(3, 11), login(4, 12), gone(login(2, 20)));
    await write(message(5, 30));
    expect(await firstDay()).toEqual({ day: '2025-01-10', looks: 0 });
    await write(login(6, 10));
    expect(await firstDay()).toEqual({ day: '2025-01-10', looks: 1 });
  });

  it('moves back with a late event, and on when its own rows go', async () => {
    const { write, firstDay } = openPage();
    await write(message(1, 10));
    expect(await firstDay()).toEqual({ day: '2025-01-10', looks: 1 });
    await write(login(2, 5));
    expect(await firstDay()).toEqual({ day: '2025-01-05', looks: 1 });
    await write(message(3, 8));
    expect(await firstDay()).toEqual({ day: '2025-01-05', looks: 0 });
    await write(gone(login(2, 5)));
    expect((await firstDay()).day).toBe('2025-01-08');
    await write(message(3, 9));
    expect((await firstDay()).day).toBe('2025-01-09');
  });

  it('is looked for again after every change while there is none', async () => {
    const { write, firstDay } = openPage();
    await write(message(1, 10));
    await write(gone(message(1, 10)));
    expect((await firstDay()).day).toBe(null);
    await write({ table: 'messages', id: 2, row: { at: evening(9), account: 0, sent: 1 } });
    expect((await firstDay()).day).toBe(null);
    await write(login(3, 20));
    expect((await firstDay()).day).toBe('2025-01-20');
  });

  it('is the same from roll-ups, whether they have caught up or not', async () => {
    const { looks, write, rolledUp, firstDay } = openPage({ keeping: true });
    await write(message(1, 10), login(2, 20));
    await rolledUp();
    expect(await firstDay()).toEqual({ day: '2025-01-10', looks: 1 });
    await write(message(3, 30));
    expect(await firstDay()).toEqual({ day: '2025-01-10', looks: 0 });
    await write(login(4, 5));
    expect((await firstDay()).day).toBe('2025-01-05');
    await rolledUp();
    expect(await firstDay()).toEqual({ day: '2025-01-05', looks: 0 });
    await write(gone(login(4, 5)));
    expect((await firstDay()).day).toBe('2025-01-10');
    await rolledUp();
    expect(await firstDay()).toEqual({ day: '2025-01-10', looks: 0 });
    expect(looks.every((statement) => statement.includes('rollup_'))).toBe(true);
  });
});
