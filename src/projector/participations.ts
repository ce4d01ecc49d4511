import type { IdentityRules } from '../contract/identity.ts';
import { allOf, anyOf, sql, string } from '../sql/build.ts';
import type { Fragment, SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { hashKey, type Key } from './hash.ts';
import type { Normaliser } from './normalise.ts';
import { type ParticipationRow, participationRows, type StayRow } from './participation-rows.ts';
import { compileParticipationRules, type ParticipationRules, type WebinarRules } from './participation-rules.ts';
import type { People } from './people.ts';
import { defaultRow, type TableRow } from './rows.ts';
import { personSet, textSet } from './sets.ts';
import { insertRows, loadRows } from './stored-rows.ts';
import type { Touches } from './touches.ts';
import { WEBINAR_TABLES } from './webinar-records.ts';

/** Records read at a time; one webinar is never split. */
const RECORDS_AT_ONCE = 200_000;
/** Webinars named in one statement. */
const WEBINARS_AT_ONCE = 5_000;
/** Rows written by one insert. */
const ROWS_AT_ONCE = 50_000;
const STATEMENT_LIMIT_MS = 300_000;

const TABLES = Object.values(WEBINAR_TABLES);
const PEOPLE_TABLES = [WEBINAR_TABLES.registration, WEBINAR_TABLES.attendance, WEBINAR_TABLES.recording_view];

interface Roots {
  root(person: number): number;
}

/**
 * Writes `participations` and `stays`, webinar by webinar: what they should be is computed from the records that stand, compared with
 * what is there, and only the difference is written. What was written last stands, so that a batch that is done again, or other
 * rules, never lose against what an unfinished attempt has left.
 */
export class Participations {
  readonly #warehouse: Warehouse;
  readonly #rules: ParticipationRules;
  readonly #excluded: Excluded;
  #version: number;

  private constructor(warehouse: Warehouse, rules: ParticipationRules, excluded: Excluded, version: number) {
    this.#warehouse = warehouse;
    this.#rules = rules;
    this.#excluded = excluded;
    this.#version = version;
  }

  static async load(warehouse: Warehouse, rules: WebinarRules, normaliser: Normaliser): Promise<Participations> {
    const { rows } = await warehouse.query<{ version: number }>(
      renderSql(sql`SELECT greatest((SELECT max(version) FROM ${tableName('participations')}),
  (SELECT max(version) FROM ${tableName('stays')})) AS version`),
    );
    const excluded = new Excluded(rules.identity.exclude, normaliser);
    return new Participations(warehouse, compileParticipationRules(rules), excluded, rows[0]?.version ?? 0);
  }

  /** Webinars in which people take part of whom a batch has taught something that matters there. */
  async touchedBy(people: Pick<People, 'changes' | 'root' | 'numbers'>): Promise<string[]> {
    const { changes } = people;
    const excluded = changes.identities.flatMap(([kind, value, person]) =>
      kind === 'email' && this.#excluded.has(value) ? [person] : [],
    );
    // Whoever turns out to be one with staff is left out, by whichever number their records know them.
    const numbers = this.#excluded.isNobody
      ? changes.renumbered
      : [...changes.renumbered, ...excluded].flatMap((person) => people.numbers(people.root(person)));
    if (numbers.length === 0) return [];
    const set = personSet(new Set(numbers));
    const named = anyOf(ADDRESSES.map((column) => sql`${column} IN ${set}`));
    const { rows } = await this.#warehouse.query<{ webinar: string }>(
      renderSql(
        sql`SELECT DISTINCT webinar FROM (${unionOf(
          PEOPLE_TABLES.map((table) => sql`SELECT webinar FROM ${tableName(table)} WHERE ${named}`),
        )})`,
      ),
      { timeoutMs: STATEMENT_LIMIT_MS },
    );
    return rows.map(({ webinar }) => webinar);
  }

  /** Every webinar that is known, or once was. */
  async listWebinars(): Promise<string[]> {
    const { rows } = await this.#warehouse.query<{ webinar: string }>(
      renderSql(
        sql`SELECT DISTINCT webinar FROM (${unionOf(
          [...TABLES, 'participations'].map((table) => sql`SELECT webinar FROM ${tableName(table)}`),
        )}) ORDER BY webinar`,
      ),
      { timeoutMs: STATEMENT_LIMIT_MS },
    );
    return rows.map(({ webinar }) => webinar);
  }

  /**
   * Brings the rows of these webinars up to date; durable when it resolves.
   * @param touches gets what changes
   * @returns rows written
   */
  async rewrite(webinars: Iterable<string>, roots: Roots, touches: Touches): Promise<number> {
    const names = [...new Set(webinars)];
    if (names.length === 0) return 0;
    this.#version += 1;
    const excluded = await this.#excluded.load(this.#warehouse, roots);
    let written = 0;
    for (let start = 0; start < names.length; start += WEBINARS_AT_ONCE)
      for (const chunk of await this.#chunk(names.slice(start, start + WEBINARS_AT_ONCE)))
        written += await this.#rewriteChunk(chunk, roots, excluded, touches);
    return written;
  }

  /** Parts of webinars whose records can be held at once. */
  async #chunk(webinars: readonly string[]): Promise<string[][]> {
    const set = textSet(webinars);
    const { rows } = await this.#warehouse.query<{ webinar: string; records: number }>(
      renderSql(
        sql`SELECT webinar, count() AS records FROM (${unionOf(
          TABLES.map((table) => sql`SELECT webinar FROM ${tableName(table)} WHERE webinar IN ${set}`),
        )}) GROUP BY webinar`,
      ),
      { timeoutMs: STATEMENT_LIMIT_MS },
    );
    const records = new Map(rows.map((row) => [row.webinar, row.records]));
    const chunks: string[][] = [];
    let held = RECORDS_AT_ONCE;
    for (const webinar of webinars) {
      const own = records.get(webinar) ?? 0;
      if (held + own > RECORDS_AT_ONCE || chunks.length === 0) {
        chunks.push([]);
        held = 0;
      }
      chunks.at(-1)?.push(webinar);
      held += own;
    }
    return chunks;
  }

  async #rewriteChunk(
    webinars: readonly string[],
    roots: Roots,
    excluded: ReadonlySet<number>,
    touches: Touches,
  ): Promise<number> {
    const warehouse = this.#warehouse;
    const condition = sql`webinar IN ${textSet(webinars)}`;
    const [records, registrations, attendances, views, present] = await Promise.all([
      loadRows(warehouse, 'webinar_records', condition),
      loadRows(warehouse, 'registrations', condition),
      loadRows(warehouse, 'attendances', condition),
      loadRows(warehouse, 'recording_views', condition),
      loadPresent(warehouse, condition),
    ]);
    const of = {
      records: byWebinar(records),
      registrations: byWebinar(registrations),
      attendances: byWebinar(attendances),
      views: byWebinar(views),
    };
    const people = {
      root: (person: number) => roots.root(person),
      isExcluded: (person: number) => excluded.has(person),
    };
    const changes = new Changes(warehouse, this.#version, touches);
    for (const webinar of webinars) {
      const facts = {
        records: of.records.get(webinar) ?? [],
        registrations: of.registrations.get(webinar) ?? [],
        attendances: of.attendances.get(webinar) ?? [],
        views: of.views.get(webinar) ?? [],
      };
      await changes.add(webinar, participationRows(webinar, facts, people, this.#rules), present);
    }
    return changes.flush();
  }
}

const ADDRESSES = [sql`person_email`, sql`person_phone`, sql`person_external`];

const unionOf = (parts: readonly Fragment[]): SqlNode => parts.reduce((all, part) => sql`${all} UNION ALL ${part}`);

const byWebinar = <Row extends { webinar: string | number | null }>(rows: readonly Row[]): Map<string, Row[]> =>
  Map.groupBy(rows, ({ webinar }) => String(webinar));

type PresentPart = { said: Key; starts_at: number; registered_at: number | null };
type PresentStay = { person: number; joined_at: number; left_at: number };

/** Rows that stand, by webinar. */
interface Present {
  participations: Map<string, Map<number, PresentPart>>;
  stays: Map<string, Map<Key, PresentStay>>;
}

async function loadPresent(warehouse: Warehouse, condition: Fragment): Promise<Present> {
  const limit = { timeoutMs: STATEMENT_LIMIT_MS };
  const [participations, stays] = await Promise.all([
    warehouse.query<PresentPart & { webinar: string; person: number }>(
      renderSql(sql`SELECT webinar, person, toString(digest) AS said, toUnixTimestamp64Milli(p.starts_at) AS starts_at,
  toUnixTimestamp64Milli(p.registered_at) AS registered_at
FROM ${tableName('participations')} AS p FINAL WHERE ${condition}`),
      limit,
    ),
    warehouse.query<PresentStay & { webinar: string; id: Key }>(
      renderSql(sql`SELECT webinar, person, toString(s.stay) AS id, toUnixTimestamp64Milli(s.joined_at) AS joined_at,
  toUnixTimestamp64Milli(s.left_at) AS left_at
FROM ${tableName('stays')} AS s FINAL WHERE ${condition}`),
      limit,
    ),
  ]);
  const present: Present = { participations: new Map(), stays: new Map() };
  for (const { webinar, person, ...part } of participations.rows)
    entryOf(present.participations, webinar).set(person, part);
  for (const { webinar, id, ...stay } of stays.rows) entryOf(present.stays, webinar).set(id, stay);
  return present;
}

function entryOf<Id, Value>(all: Map<string, Map<Id, Value>>, webinar: string): Map<Id, Value> {
  const entry = all.get(webinar) ?? new Map<Id, Value>();
  all.set(webinar, entry);
  return entry;
}

/** What is to be written, a bounded number of rows at a time. */
class Changes {
  readonly #warehouse: Warehouse;
  readonly #version: number;
  readonly #touches: Touches;
  #participations: TableRow<'participations'>[] = [];
  #stays: TableRow<'stays'>[] = [];
  #written = 0;

  constructor(warehouse: Warehouse, version: number, touches: Touches) {
    this.#warehouse = warehouse;
    this.#version = version;
    this.#touches = touches;
  }

  /** Rows that are new or say something else, and tombstones for those that are no more. */
  async add(
    webinar: string,
    rows: { participations: readonly ParticipationRow[]; stays: readonly StayRow[] },
    present: Present,
  ): Promise<void> {
    const stands = { version: this.#version, is_deleted: 0 };
    const gone = { webinar, version: this.#version, is_deleted: 1 };
    const touches = this.#touches;
    const people = present.participations.get(webinar) ?? new Map<number, PresentPart>();
    for (const row of rows.participations) {
      const digest = digestOf(row);
      const person = Number(row.person);
      const before = people.get(person);
      people.delete(person);
      if (before?.said === digest) continue;
      this.#participations.push({ ...row, digest, ...stands });
      for (const one of before === undefined ? [row] : [before, row]) touches.row('participations', one);
    }
    for (const [person, before] of people) {
      this.#participations.push({ ...defaultRow('participations'), person, ...gone });
      touches.row('participations', before);
    }
    const stays = present.stays.get(webinar) ?? new Map<Key, PresentStay>();
    for (const row of rows.stays) {
      const stay = String(row.stay);
      const before = stays.get(stay);
      stays.delete(stay);
      if (before?.left_at === row.left_at) continue;
      this.#stays.push({ ...row, ...stands });
      for (const one of before === undefined ? [row] : [before, row]) touches.row('stays', one);
    }
    for (const [stay, before] of stays) {
      this.#stays.push({ ...defaultRow('stays'), stay, person: before.person, ...gone });
      touches.row('stays', before);
    }
    if (this.#participations.length + this.#stays.length > ROWS_AT_ONCE) await this.flush();
  }

  /** @returns rows written so far */
  async flush(): Promise<number> {
    const [participations, stays] = [this.#participations, this.#stays];
    this.#participations = [];
    this.#stays = [];
    this.#written += participations.length + stays.length;
    await this.#touches.write();
    await insertRows(this.#warehouse, 'participations', participations);
    await insertRows(this.#warehouse, 'stays', stays);
    return this.#written;
  }
}

/** Cells in the order in which `participationRows` makes them, which is always the same. */
const digestOf = (row: ParticipationRow): Key => hashKey('participation', JSON.stringify(Object.values(row)));

/** Staff and testers by their addresses. */
class Excluded {
  readonly #emails: ReadonlySet<string>;
  readonly #domains: ReadonlySet<string>;

  constructor({ emails, domains }: IdentityRules['exclude'], normaliser: Normaliser) {
    this.#emails = new Set(emails.map((email) => normaliser.email(email) ?? email.trim().toLowerCase()));
    this.#domains = new Set(domains.map((domain) => domain.trim().toLowerCase().replace(/^@/, '')));
  }

  get isNobody(): boolean {
    return this.#emails.size === 0 && this.#domains.size === 0;
  }

  /** @param email normalised */
  has(email: string): boolean {
    return this.#emails.has(email) || this.#domains.has(email.slice(email.lastIndexOf('@') + 1));
  }

  /** The numbers by which they go now. */
  async load(warehouse: Warehouse, roots: Roots): Promise<Set<number>> {
    if (this.isNobody) return new Set();
    const named = anyOf([
      sql`value IN ${textSet(this.#emails)}`,
      sql`splitByChar('@', value)[-1] IN ${textSet(this.#domains)}`,
    ]);
    const { rows } = await warehouse.query<{ person: number }>(
      renderSql(sql`SELECT DISTINCT person FROM ${tableName('identities')} FINAL
WHERE ${allOf([sql`kind = ${string('email')}`, named])}`),
      { timeoutMs: STATEMENT_LIMIT_MS },
    );
    return new Set(rows.map(({ person }) => roots.root(person)));
  }
}
