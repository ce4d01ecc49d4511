import { type ControlEntry, PAGE_HEADERS } from '../contract/pull.ts';
import type { JournalEntry, JournalReader } from '../journal/entry.ts';
import { allOf, sql, string, uint64 } from '../sql/build.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import {
  type Candidate,
  type PrepareContext,
  type PreparedEntry,
  type ProjectedSource,
  parseItems,
  prepareRecord,
  type Refused,
  type Rule,
  refuse,
  streamOf,
} from './prepare.ts';
import { placesCondition } from './quarantine.ts';
import type { TableRow } from './rows.ts';
import { keySet } from './sets.ts';
import { loadRows } from './stored-rows.ts';

export type ReplayOrder = Extract<ControlEntry, { control: 'replay' }>;

export interface ReplayContext extends Pick<PrepareContext, 'country' | 'timeZone' | 'normaliser'> {
  warehouse: Warehouse;
  reader: JournalReader;
  projected: ProjectedSource;
}

export interface Replayed {
  /** The records, as those of the order's own entry. */
  items: PreparedEntry['items'];
  /** Rows that say that the old places are settled. */
  receipts: TableRow<'receipts'>[];
  quarantine: TableRow<'quarantine'>[];
}

/** The whole entry was refused, and stands as one item. */
const WHOLE: ReadonlySet<Rule> = new Set(['poison', 'unknown_source']);

/** Quarantined records once more: as they came, under today's settings, or as somebody has written them. What is not in quarantine (any more) is left out. */
export async function replay(
  { seq, source, receivedAt }: Pick<PreparedEntry, 'seq' | 'source' | 'receivedAt'>,
  order: ReplayOrder,
  context: ReplayContext,
): Promise<Replayed> {
  const { warehouse } = context;
  const wanted = new Map(order.items.map((item) => [`${item.seq}.${item.item}`, item]));
  const places = placesCondition([...wanted.values()]);
  // Settled by this very order: it was not finished and is done again.
  const waiting = sql`source = ${string(source)} AND seq < ${uint64(BigInt(seq))} AND settled IN (0, ${uint64(BigInt(seq))})`;
  const held = await loadRows(warehouse, 'quarantine', allOf([waiting, places]));
  held.sort((a, b) => Number(a.seq) - Number(b.seq) || Number(a.item) - Number(b.item));
  const receipts =
    held.length === 0
      ? []
      : await loadRows(warehouse, 'receipts', sql`key IN ${keySet(held.map(({ key }) => String(key)))} AND ${places}`);

  const items: PreparedEntry['items'] = [];
  const parsed = new ParsedEntries(receivedAt, context);
  for (const row of held) {
    const wish = wanted.get(`${row.seq}.${row.item}`);
    const origin = row.origin_seq === 0 ? place(row.seq, row.item) : place(row.origin_seq, row.origin_item);
    const whole = WHOLE.has(row.rule as Rule);
    const found =
      wish !== undefined && 'record' in wish
        ? [await parsed.record(origin.seq, wish.record, source)]
        : await parsed.items(origin, whole, String(row.raw));
    const stream = await parsed.stream(origin.seq);
    for (const one of found)
      items.push({ ...one, item: items.length, origin: { ...origin, item: whole ? one.item : origin.item, stream } });
  }
  return {
    items,
    receipts: receipts.map((receipt) => ({ ...receipt, outcome: 'duplicate', reason: 'replayed' })),
    quarantine: held.map((row) => ({ ...row, settled: seq })),
  };
}

const place = (seq: string | number | null, item: string | number | null) => ({ seq: Number(seq), item: Number(item) });

/** Entries of the journal under today's settings, each parsed once. */
class ParsedEntries {
  readonly #checkedAt: number;
  readonly #context: ReplayContext;
  #last: { seq: number; entry: JournalEntry | undefined; items: (Candidate | Refused)[] | string } | undefined;

  constructor(checkedAt: number, context: ReplayContext) {
    this.#checkedAt = checkedAt;
    this.#context = context;
  }

  async items(origin: { seq: number; item: number }, whole: boolean, raw: string): Promise<(Candidate | Refused)[]> {
    const { items } = await this.#parsed(origin.seq);
    if (typeof items === 'string') return [refuse(0, 'unreadable', items, raw)];
    if (whole) return items;
    const item = items[origin.item];
    return [
      item ?? refuse(0, 'unreadable', 'Under today’s settings there is no such record in its entry any more.', raw),
    ];
  }

  async stream(seq: number): Promise<string> {
    const { entry } = await this.#parsed(seq);
    return entry === undefined ? '' : streamOf(entry.headers);
  }

  /** What somebody wrote instead. */
  async record(seq: number, record: unknown, source: string): Promise<Candidate | Refused> {
    const { projected, country, normaliser } = this.#context;
    const { entry } = await this.#parsed(seq);
    return prepareRecord(record, 0, {
      source,
      revisable: projected.connector.revisable,
      receivedAt: entry?.receivedAt ?? this.#checkedAt,
      checkedAt: this.#checkedAt,
      country: projected.defaults.country ?? country,
      normaliser,
    });
  }

  async #parsed(seq: number) {
    if (this.#last?.seq === seq) return this.#last;
    const [entry] = await this.#context.reader.read(seq - 1, seq, 1);
    this.#last = { seq, entry, items: this.#parse(entry) };
    return this.#last;
  }

  /** A sentence where it cannot be. */
  #parse(entry: JournalEntry | undefined): (Candidate | Refused)[] | string {
    if (entry === undefined) return 'The journal does not have its entry any more, so it cannot be read again.';
    if (entry.headers[PAGE_HEADERS.control] !== undefined) return 'An order to the projector cannot be tried again.';
    try {
      return parseItems(entry, this.#context.projected, this.#checkedAt, this.#context);
    } catch (error) {
      return `It cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
