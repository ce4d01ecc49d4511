import { beforeEach, describe, expect, test } from 'vitest';
import type { Journal, NewEntry } from '../../src/journal/entry.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { FaultFileLayer, LOSSES, type Loss } from './fault-file-layer.ts';

const FOLDER = '/data/journal';
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Zeros that the journal writes ahead. */
let reserveBytes = 0;

const open = (fs: FaultFileLayer): Promise<Journal> =>
  openJournal({
    reserveBytes,
    folder: FOLDER,
    fs,
    flushMs: 0,
    segmentBytes: 4096,
    watermarkBytes: 0,
    ballastBytes: 512,
    now: () => 0,
  });

function entry(id: number, random: () => number): NewEntry {
  const size = Math.floor(random() * random() * 2500);
  const body = Buffer.alloc(size + 8, Math.floor(random() * 256));
  body.writeDoubleLE(id, 0);
  return {
    source: 'wa-main',
    receivedAt: 1_700_000_000_000 + id,
    target: `/hooks/wa-main?n=${id}`,
    headers: { 'content-type': 'application/json' },
    body,
  };
}

/** Bursts of appends over several segments and two starts; rejects where the power goes. */
async function shortRun(fs: FaultFileLayer, random: () => number, acknowledged: Map<number, NewEntry>): Promise<void> {
  let id = acknowledged.size;
  for (let start = 0; start < 2; start++) {
    const journal = await open(fs);
    for (let burst = 0; burst < 9; burst++) {
      const entries = Array.from({ length: 1 + Math.floor(random() * 6) }, () => entry(id++, random));
      await Promise.all(
        entries.map(async (one) => {
          acknowledged.set(await journal.append(one), one);
        }),
      );
    }
    await journal.close();
  }
}

async function readAll(fs: FaultFileLayer, through: number): Promise<Map<number, NewEntry>> {
  const reader = await openJournalReader(FOLDER, fs);
  const entries = new Map<number, NewEntry>();
  for (let after = 0; ; ) {
    const some = await reader.read(after, through, 7);
    if (some.length === 0) break;
    for (const one of some) {
      expect(one.seq, 'rising').toBeGreaterThan(after);
      after = one.seq;
      const { seq, ...rest } = one;
      entries.set(seq, rest);
    }
  }
  await reader.close();
  return entries;
}

async function expectNothingLost(fs: FaultFileLayer, journal: Journal, acknowledged: Map<number, NewEntry>) {
  const found = await readAll(fs, journal.durableSeq);
  for (const [seq, one] of acknowledged) {
    const kept = found.get(seq);
    expect(kept?.body.equals(one.body), `entry ${seq} with its bytes`).toBe(true);
    expect({ ...kept, body: 0 }).toEqual({ ...one, body: 0 });
  }
  const ids = [...found.values()].map((one) => one.body.readDoubleLE(0));
  expect(new Set(ids).size, 'no entry twice').toBe(ids.length);
}

async function crash(run: number, loss: Loss, loseAt: number, loseAgainAt?: number): Promise<void> {
  const acknowledged = new Map<number, NewEntry>();
  let fs = new FaultFileLayer();
  fs.faults = { loseAt };
  await shortRun(fs, seededRandom(run), acknowledged).catch(unlessDead(fs));
  fs = fs.afterPowerLoss(loss, seededRandom(run + loseAt));
  if (loseAgainAt !== undefined) {
    fs.faults = { loseAt: loseAgainAt };
    await open(fs).catch(unlessDead(fs));
    fs = fs.afterPowerLoss(loss, seededRandom(run + loseAt + loseAgainAt));
  }
  const before = new Map(acknowledged);
  const journal = await open(fs);
  await expectNothingLost(fs, journal, acknowledged);
  const last = Math.max(0, ...acknowledged.keys());
  const again = entry(1_000_000, seededRandom(1));
  const seq = await journal.append(again);
  expect(seq, 'a number never used before').toBeGreaterThan(last);
  await expectNothingLost(fs, journal, before.set(seq, again));
  await journal.close();
}

function unlessDead(fs: FaultFileLayer): (error: unknown) => void {
  return (error) => {
    if (!fs.dead) throw error;
  };
}

async function operationsOfARun(run: number): Promise<number> {
  const fs = new FaultFileLayer();
  await shortRun(fs, seededRandom(run), new Map());
  return fs.operations;
}

describe.each([0, 1024])('with %i bytes reserved', (bytes) => {
  beforeEach(() => {
    reserveBytes = bytes;
  });

  test.each(LOSSES)('power loss (%s) at every write and fsync loses nothing acknowledged', async (loss) => {
    for (const run of [seed, seed + 1]) {
      const operations = await operationsOfARun(run);
      expect(operations).toBeGreaterThan(40);
      for (let loseAt = 1; loseAt <= operations + 1; loseAt++)
        await crash(run, loss, loseAt).catch((error: unknown) => {
          throw new Error(`SEED=${run}, ${loss}, operation ${loseAt}`, { cause: error });
        });
    }
  });

  test.each(LOSSES)('a second power loss (%s) during recovery loses nothing either', async (loss) => {
    const operations = await operationsOfARun(seed);
    for (let loseAt = 1; loseAt <= operations; loseAt += 5)
      for (let again = 1; again <= 8; again++)
        await crash(seed, loss, loseAt, again).catch((error: unknown) => {
          throw new Error(`SEED=${seed}, ${loss}, operation ${loseAt}, then ${again}`, { cause: error });
        });
  });

  test.each(LOSSES)('what a restart after kill -9 has served survives a power loss (%s)', async (loss) => {
    const operations = await operationsOfARun(seed);
    for (let killAt = 1; killAt <= operations; killAt++) {
      const killed = new FaultFileLayer();
      killed.faults = { loseAt: killAt };
      await shortRun(killed, seededRandom(seed), new Map()).catch(unlessDead(killed));
      const restarted = killed.afterKill();
      const served = await readAll(restarted, (await open(restarted)).durableSeq);
      const fs = restarted.afterPowerLoss(loss, seededRandom(seed + killAt));
      const kept = await readAll(fs, (await open(fs)).durableSeq);
      expect(kept, `SEED=${seed}, ${loss}, operation ${killAt}`).toEqual(served);
    }
  });

  test.each(LOSSES)('power loss (%s) at every step of setting a segment aside', async (loss) => {
    const random = seededRandom(seed);
    const intact = new FaultFileLayer();
    const written = new Map<number, NewEntry>();
    const journal = await open(intact);
    for (let id = 0; id < 6; id++) {
      const one = { ...entry(id, random), body: Buffer.alloc(300, id) };
      one.body.writeDoubleLE(id, 0);
      written.set(await journal.append(one), one);
    }
    await journal.close();
    written.delete(3);
    for (let loseAt = 1; ; loseAt++) {
      const fs = intact.afterPowerLoss('drop', random);
      fs.damage(`${FOLDER}/00000000000000000001.seg`, 32 + 2 * 400, 50);
      fs.faults = { loseAt };
      await open(fs).catch(unlessDead(fs));
      const next = fs.afterPowerLoss(loss, seededRandom(seed + loseAt));
      const reopened = await open(next);
      await expectNothingLost(next, reopened, written);
      expect(reopened.status().alarms.length, `SEED=${seed}, ${loss}, operation ${loseAt}`).toBeGreaterThan(0);
      if (!fs.dead) break;
    }
  });
});
