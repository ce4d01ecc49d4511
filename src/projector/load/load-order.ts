import type { LoadOrder } from '../../contract/pull.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { MergeRules } from '../messages.ts';
import { insertRows } from '../stored-rows.ts';
import type { Touches } from '../touches.ts';
import { allWritten } from '../write.ts';
import { LineEncoder } from './encode-lines.ts';
import { dropNumbers, dropStaging, emptyLines, LINES, makeStaging, NUMBERS, readLines } from './staging.ts';
import {
  countMessages,
  countNumbers,
  countOutcomes,
  gatherRefs,
  insertLoaded,
  insertMessages,
  leaveOutKnown,
  leaveOutRepeated,
  listHours,
  pageOfRefs,
  quarantineConflicts,
  quarantineInvalid,
  someLoadedBefore,
} from './statements.ts';

/** How a line names somebody. */
export interface LoadedRef {
  email: string;
  phone: string;
  external_id: string;
  /** An account of the platform. */
  acts: boolean;
}

export interface LoadContext {
  warehouse: Warehouse;
  /** The source that the messages are of. */
  source: string;
  /** The order's own entry. */
  seq: number;
  /** Local date of receipt. */
  day: string;
  /** UTC milliseconds. */
  receivedAt: number;
  rules: MergeRules;
  touches: Touches;
  /** The piece's lines, whole lines at a time; throws at its end where it is not what was ordered. */
  read(): AsyncIterable<Buffer>;
  /** True where `load_numbers` holds what `number` answered in the entry right before this one, of the same source. */
  numbered: boolean;
  /** Numbers people, new ones too, and makes it durable. `person` 0: nobody can be told from it. */
  number(refs: readonly LoadedRef[]): Promise<{ person: number; country: string }[]>;
}

export interface Loaded {
  counted: number;
  duplicate: number;
  quarantined: number;
}

export interface CarriedOut {
  tally: Loaded;
  /** `load_numbers` stands, for an order that may come right after this one. */
  numbered: boolean;
}

/** Milliseconds for statements that go through a piece, or through what was loaded before. */
const LIMIT = { timeoutMs: 600_000 };
/** Bytes of lines that are handed to the engine at a time. */
const CHUNK_BYTES = 64 * 1024 * 1024;
const REFS_AT_ONCE = 50_000;
/** A block of lines with their numbers. */
const SPARE_BYTES = 6 * 1024 * 1024;
/** More numbers than these are forgotten when the order is done: each order reads them all. */
const NUMBERS_TO_KEEP = 1_000_000;

/**
 * Counts the lines of a piece: put into staging tables, read and checked there, then written as facts, all by statements whose
 * results depend on nothing but the piece and what was counted before it. So it can be done again from its start, and is when it
 * was cut short. The caller writes entry and progress after it.
 * @throws Error where not every line has come to an end that the ledger knows
 */
export async function carryOutLoad(context: LoadContext, order: LoadOrder): Promise<CarriedOut> {
  const { warehouse, source, seq, day, touches } = context;
  const run = (statement: RenderedSql) => warehouse.command(statement, LIMIT);
  const runAll = async (statements: readonly RenderedSql[]) => {
    for (const statement of statements) await run(statement);
  };
  const ask = async <Row>(statement: RenderedSql) => (await warehouse.query<Row>(statement, LIMIT)).rows;
  const where = { seq, source, day, receivedAt: context.receivedAt, file: order.file, linesBefore: order.lines_before };

  if (warehouse.layout.kind === 'cluster') throw new Error('files of history cannot be loaded into a cluster');
  await runAll([...dropStaging(), ...(context.numbered ? [] : [dropNumbers()]), ...makeStaging()]);
  const lines = await stageLines(context, (staged) => run(readLines(staged, context)));
  if (lines !== order.records) throw new Error(`${lines} lines were read instead of ${order.records}`);

  if ((await ask(someLoadedBefore(seq))).length > 0) await run(leaveOutKnown(seq));
  await run(leaveOutRepeated());
  const outcomes = await ask<Outcome>(countOutcomes());
  const tally = tallyOf(outcomes);
  if (tally.counted + tally.duplicate + tally.quarantined !== lines)
    throw new Error(`${lines} lines were read, and they ended as ${JSON.stringify(tally)}`);

  if (tally.counted > 0) {
    const [touched] = await ask<{ hours: number[] }>(listHours());
    touches.hours('messages', 'at', touched?.hours ?? []);
    await touches.write();
    await allWritten([run(insertLoaded(seq)), run(gatherRefs()).then(() => numberPeople(context))]);
    await run(insertMessages(context.rules, source, seq));
    const [written] = await ask<{ messages: number }>(countMessages(source, seq));
    if (written?.messages !== tally.counted)
      throw new Error(`${tally.counted} messages were counted, but ${written?.messages} were written`);
  }
  if (outcomes.some(({ reason }) => reason === 'invalid')) await run(quarantineInvalid(where));
  if (outcomes.some(({ reason }) => reason === 'conflict'))
    await stageLines(context, (staged) => run(quarantineConflicts(where, staged)));
  await insertRows(
    warehouse,
    'loads',
    outcomes.map((outcome) => ({ seq, source, day, kind: 'message', ...outcome })),
  );
  const [numbers] = await ask<{ numbers: number }>(countNumbers());
  const numbered = (numbers?.numbers ?? 0) <= NUMBERS_TO_KEEP;
  await runAll([...dropStaging(), ...(numbered ? [] : [dropNumbers()])]);
  return { tally, numbered };
}

interface Outcome {
  outcome: keyof Loaded;
  reason: string;
  records: number;
}

function tallyOf(outcomes: readonly Outcome[]): Loaded {
  const tally: Loaded = { counted: 0, duplicate: 0, quarantined: 0 };
  for (const { outcome, records } of outcomes) tally[outcome] += records;
  return tally;
}

/**
 * Hands the lines to the engine in portions: while it works on one, the next is brought to it.
 * @returns how many
 */
async function stageLines(context: LoadContext, work: (lines: string) => Promise<void>): Promise<number> {
  const { warehouse } = context;
  const encoder = new LineEncoder(CHUNK_BYTES + SPARE_BYTES);
  let half = 0;
  let working: Promise<void> = Promise.resolve();
  const hand = async () => {
    const table = LINES[half % LINES.length] ?? LINES[0];
    half += 1;
    await warehouse.insert(table, ['line', 'raw'], encoder.take(), 'TabSeparated');
    await working;
    working = work(table).then(() => warehouse.command(emptyLines(table), LIMIT));
    working.catch(() => {});
  };
  try {
    for await (const block of context.read()) {
      encoder.add(block);
      if (encoder.size >= CHUNK_BYTES) await hand();
    }
    if (encoder.size > 0) await hand();
  } finally {
    await working;
  }
  return encoder.lines;
}

async function numberPeople({ warehouse, number }: LoadContext): Promise<void> {
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const page: { rows: (Omit<LoadedRef, 'acts'> & { id: string; acts: number })[] } = await warehouse.query(
      pageOfRefs(after, REFS_AT_ONCE),
      LIMIT,
    );
    const { rows } = page;
    const numbers = await number(rows.map(({ acts, ...ref }) => ({ ...ref, acts: acts === 1 })));
    const cells = rows.map(({ id, acts }, index) => {
      const { person, country } = numbers[index] ?? { person: 0, country: '' };
      return [BigInt(id), person, country, acts];
    });
    if (cells.length > 0) await warehouse.insert(NUMBERS, ['ref', 'person', 'country', 'acts'], cells);
    after = rows.length < REFS_AT_ONCE ? undefined : rows.at(-1)?.id;
  }
}
