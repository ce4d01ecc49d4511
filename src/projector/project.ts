import type { TableChange } from '../contract/changes.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { ControlEntry, LoadOrder } from '../contract/pull.ts';
import { loadAccounts } from './accounts.ts';
import { Batch, type Tally } from './batch.ts';
import { EntryQueue } from './entry-queue.ts';
import { projectLoad } from './load/project-load.ts';
import { localDay } from './local-day.ts';
import { Lru } from './lru.ts';
import type { MergeRules } from './messages.ts';
import { type Identity, Normaliser } from './normalise.ts';
import type { OrderContext } from './order.ts';
import { DEFAULT_WEBINAR_RULES, participationHash, type WebinarRules } from './participation-rules.ts';
import { Participations } from './participations.ts';
import { People } from './people.ts';
import { loadGone } from './person-facts.ts';
import { type Candidate, EntryFailure, identitiesOf, type PreparedEntry } from './prepare.ts';
import { loadLeftoverSeq, loadParticipationRules, loadProgress, saveParticipationRules } from './progress.ts';
import type { ProjectorOptions } from './projector-options.ts';
import { compileRates } from './rates.ts';
import { Receipts } from './receipts.ts';
import { refresh } from './refresh.ts';
import { type Replayed, type ReplayOrder, replay } from './replay.ts';
import { settingsHash } from './settings-hash.ts';
import { Strikes } from './strikes.ts';
import { touchLeftovers } from './touched-rows.ts';
import { loadTouches, mergeChanges, Touches } from './touches.ts';
import { undo } from './undo.ts';
import { compileTables, type TableRows } from './user-rows.ts';
import { ensureTables } from './user-tables.ts';
import { Versions } from './versions.ts';
import { allWritten, closeBatch, type WriteScope, type WrittenFacts, writeFacts } from './write.ts';

export { drain } from './drain.ts';

export type { ProjectorLog, ProjectorOptions } from './projector-options.ts';

export interface BatchOutcome extends Tally {
  /** Everything up to here is counted. */
  seq: number;
  entries: number;
  /** Messages and people whose row was written. */
  messages: number;
  people: number;
  /** Receipt time of the newest counted entry, UTC milliseconds. */
  receivedAt: number;
  /** What of the facts changed since the outcome before, or since `takeChanges`. */
  changes: TableChange[];
}

export interface Projector {
  /** How far the facts are; from the warehouse on the first call. */
  seq(): Promise<number>;
  /** Receipt time of the newest counted entry, UTC milliseconds; 0 while there is none. */
  receivedAt(): Promise<number>;
  /** Hash of the rules by which every participation was computed; '' where they never were. */
  rules(): Promise<string>;
  /**
   * Computes every participation again where the rules have changed since the last time; the rows that stand stay until theirs is
   * written. Done again from its start where it was stopped; `runBatch` does it by itself.
   * @returns hash of the rules by which all stand then
   */
  applyRules(): Promise<string>;
  /** What of the facts changed outside of a batch, or was left by one that did not end; it is not told again. */
  takeChanges(): TableChange[];
  /**
   * Projects the next batch of entries up to `through`; undefined where there is none. When it throws nothing is counted:
   * calling it again does the batch again. `TurnoutError('unavailable' | 'timeout')` is the engine's; anything else counts as an
   * attempt against an entry, which is quarantined after three.
   */
  runBatch(through: number): Promise<BatchOutcome | undefined>;
}

/** Entries after a crash that are tried alone. */
const CAREFUL_ENTRIES = 500;

export function createProjector(options: ProjectorOptions): Projector {
  return new JournalProjector(options);
}

interface State {
  seq: number;
  receivedAt: number;
  people: People;
  accounts: Lru<number, true>;
  /** People of whom nothing is left. */
  gone: Set<number>;
  queue: EntryQueue;
  /** Rows of message events may have been left up to here by a batch that was not finished. */
  leftover: number;
  participations: Participations;
  /** Rules by which every participation was computed. */
  participationRules: string | undefined;
}

class JournalProjector implements Projector {
  readonly #options: ProjectorOptions;
  readonly #rules: MergeRules;
  readonly #settings: string;
  readonly #webinarRules: WebinarRules;
  readonly #participationHash: string;
  readonly #normaliser: Normaliser;
  readonly #tables: TableRows;
  #tablesReady = false;
  readonly #dayOf: (instant: number) => string;
  #strikes: Strikes | undefined;
  #state: State | undefined;
  /** Entries up to here are tried alone. */
  #aloneThrough = 0;
  readonly #careful: boolean;
  /** Changes up to here are told. */
  #told: number | undefined;
  #untold: TableChange[] = [];
  /** The entry whose attempt was just counted and is still to be made. */
  #trying: number | undefined;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#careful = options.careful ?? false;
    this.#told = options.told;
    const { workspace, channels, rates } = options;
    this.#rules = {
      channels,
      rates: compileRates(rates, workspace.time_zone),
      currency: workspace.currency,
    };
    this.#settings = settingsHash(options);
    this.#webinarRules = options.webinars ?? DEFAULT_WEBINAR_RULES;
    this.#participationHash = participationHash(this.#webinarRules);
    this.#normaliser = new Normaliser(this.#webinarRules.identity.email);
    this.#dayOf = localDay(workspace.time_zone);
    this.#tables = compileTables(options.tables ?? [], workspace.time_zone);
  }

  async seq(): Promise<number> {
    return (await this.#ready()).seq;
  }

  async receivedAt(): Promise<number> {
    return (await this.#ready()).receivedAt;
  }

  async rules(): Promise<string> {
    return (await this.#ready()).participationRules ?? '';
  }

  async applyRules(): Promise<string> {
    const state = await this.#ready();
    const wanted = this.#participationHash;
    if (state.participationRules === wanted) return wanted;
    const { participations, people, seq } = state;
    const webinars = seq === 0 ? [] : await participations.listWebinars();
    const touches = new Touches(this.#options.warehouse, seq + 1);
    let written = 0;
    try {
      written = await participations.rewrite(webinars, people, touches);
      await touches.close();
    } finally {
      this.#untold = mergeChanges([...this.#untold, ...touches.changes]);
    }
    await saveParticipationRules(this.#options.warehouse, wanted, seq);
    state.participationRules = wanted;
    if (webinars.length > 0)
      this.#options.log.info({ webinars: webinars.length, rows: written }, 'participations follow other rules');
    return wanted;
  }

  takeChanges(): TableChange[] {
    const changes = this.#untold;
    this.#untold = [];
    this.#told = this.#state?.seq ?? this.#told;
    return changes;
  }

  async runBatch(through: number): Promise<BatchOutcome | undefined> {
    const state = await this.#ready();
    await this.applyRules();
    const attempted: PreparedEntry[] = [];
    try {
      return await this.#project(state, through, attempted);
    } catch (error) {
      this.#state = undefined;
      await this.#blame(error, attempted);
      throw error;
    }
  }

  async #ready(): Promise<State> {
    if (this.#state) return this.#state;
    const { warehouse, reader, sources, workspace, maxRecords, maxBytes } = this.#options;
    this.#strikes ??= await Strikes.load(warehouse);
    const strikes = this.#strikes;
    const { seq, next, receivedAt } = await loadProgress(warehouse);
    if (this.#careful) this.#aloneThrough = seq + CAREFUL_ENTRIES;
    // What is not of a batch is of the entry to come: whoever knows what was touched until now finds it.
    const outside = new Touches(warehouse, seq + 1);
    if (!this.#tablesReady) await ensureTables(warehouse, this.#tables, seq, outside);
    this.#tablesReady = true;
    await touchLeftovers(warehouse, outside, seq);
    await outside.close();
    this.#told = Math.min(this.#told ?? seq, seq);
    const touched = await loadTouches(warehouse, this.#told);
    this.#untold = mergeChanges([...this.#untold, ...touched.map(({ change }) => change)]);
    const limits = { maxEntries: 20_000, maxRecords: maxRecords ?? 20_000, maxBytes: maxBytes ?? 16 << 20 };
    const queue = new EntryQueue(reader, seq, limits, {
      sources,
      normaliser: this.#normaliser,
      country: workspace.country,
      timeZone: workspace.time_zone,
      dayOf: this.#dayOf,
      poisoned: (entry) => (entry === this.#trying ? undefined : strikes.poisoned(entry)),
    });
    this.#state = {
      seq,
      receivedAt,
      people: await People.load(warehouse, seq, next),
      accounts: new Lru(200_000),
      gone: await loadGone(warehouse, seq),
      queue,
      leftover: await loadLeftoverSeq(warehouse),
      participations: await Participations.load(warehouse, this.#webinarRules, this.#normaliser),
      participationRules: await loadParticipationRules(warehouse),
    };
    return this.#state;
  }

  async #project(state: State, through: number, attempted: PreparedEntry[]): Promise<BatchOutcome | undefined> {
    const { warehouse } = this.#options;
    if (through <= state.seq) return undefined;
    const alone = state.seq < this.#aloneThrough;
    if (alone && this.#careful) await this.#expectTheWorst(await state.queue.peek(through));
    const { entries: taken, last } = await state.queue.take(through, alone);
    attempted.push(...taken);
    const [first] = taken;
    const order = first?.control;
    if (first !== undefined && order !== undefined) {
      if (order.control === 'load') return this.#load(state, first, order);
      if (order.control !== 'replay') return this.#carryOut(state, first, order);
    }
    const replayed = first !== undefined && order?.control === 'replay' ? await this.#replay(first, order) : undefined;
    const entries = replayed === undefined ? taken : taken.map((entry) => ({ ...entry, items: replayed.items }));

    const candidates = entries.flatMap(({ items }) => items.flatMap((item) => (item.ok ? [item] : [])));
    const identities: Identity[] = candidates.flatMap(({ person, account }) => [...person, ...account]);
    const keysOf = (which: (candidate: Candidate) => boolean) =>
      new Set(candidates.filter(which).map(({ key }) => key));
    const [receipts, versions] = await Promise.all([
      Receipts.load(
        warehouse,
        keysOf(({ revisable }) => !revisable),
        state.seq,
      ),
      Versions.load(
        warehouse,
        keysOf(({ versioned }) => versioned),
        state.seq,
      ),
      state.people.prepare(identities),
    ]);
    await this.#learnAccounts(state, candidates);
    const batch = this.#batch(state, receipts, versions);
    for (const entry of entries) batch.add(entry);
    batch.revise(versions.revisions);
    batch.receipts.push(...(replayed?.receipts ?? []));
    batch.quarantine.push(...(replayed?.quarantine ?? []));

    const scope = this.#scope(state, last);
    const touches = new Touches(warehouse, last);
    // The engine writes while the next batch is parsed.
    const [written] = await allWritten([
      this.#write(state, batch, touches, scope),
      alone ? Promise.resolve() : state.queue.prepareAhead(through),
    ]);
    state.people.commit(last);
    this.#remember(state, batch, written);
    state.seq = last;
    state.receivedAt = entries.at(-1)?.receivedAt ?? state.receivedAt;
    return {
      seq: last,
      entries: entries.length,
      ...batch.tally,
      messages: batch.messages.size + batch.movedMessages.size,
      people: written.people,
      receivedAt: state.receivedAt,
      changes: this.#tell(state, touches),
    };
  }

  /** Looks up whether those who act in a batch are known as accounts; those of lately are remembered. */
  async #learnAccounts({ people, accounts, seq }: State, candidates: readonly Candidate[]): Promise<void> {
    const unknown = new Set<number>();
    for (const { account, person, record } of candidates) {
      const number = people.known(record.record === 'activity' ? person : account);
      if (number !== undefined && accounts.get(number) === undefined) unknown.add(number);
    }
    for (const number of await loadAccounts(this.#options.warehouse, [...unknown], seq)) accounts.set(number, true);
  }

  /** With what was left to be told. */
  #tell(state: State, touches: Touches): TableChange[] {
    const changes = mergeChanges([...this.#untold, ...touches.changes]);
    this.#untold = [];
    this.#told = state.seq;
    return changes;
  }

  /**
   * Writes a batch: what was said, the facts that follow from it, the receipts, the progress; each step only when the one before it
   * is durable. Stopped anywhere, doing the batch again (whatever its boundaries then are) comes to the same facts: every row is a
   * function of the journal up to its entry, or of rows that are.
   */
  async #write(
    state: State,
    batch: Batch,
    touches: Touches,
    scope: WriteScope & { settings: string },
  ): Promise<WrittenFacts> {
    const { warehouse } = this.#options;
    const { people, participations } = state;
    const written = await writeFacts(warehouse, people, batch, this.#rules, touches, scope);
    const touched = await participations.touchedBy(people);
    await participations.rewrite([...batch.webinars.touched, ...touched], people, touches);
    await closeBatch(warehouse, people, batch, touches, scope);
    return written;
  }

  /** Takes back or deletes, a part of the records at a time; the progress moves when all is done. */
  async #carryOut(
    state: State,
    entry: PreparedEntry,
    order: Exclude<ControlEntry, { control: 'replay' | 'load' }>,
  ): Promise<BatchOutcome> {
    const { warehouse } = this.#options;
    const { seq, source, receivedAt } = entry;
    const scope = this.#scope(state, seq);
    const touches = new Touches(warehouse, seq);
    let messages = 0;
    let people = 0;
    const webinars = new Set<string>();
    const revise: OrderContext['revise'] = async (revisions, versions) => {
      const batch = this.#batch(state, Receipts.none(), Versions.none());
      batch.versions.push(...versions);
      batch.revise(revisions);
      const written = await writeFacts(warehouse, state.people, batch, this.#rules, touches, scope);
      this.#remember(state, batch, written);
      messages += batch.movedMessages.size;
      people += written.people;
      for (const webinar of batch.webinars.touched) webinars.add(webinar);
    };
    const context = { warehouse, source, seq, receivedAt, revise };
    if (order.control === 'refresh') await refresh(context, order.stream, order.first_seq);
    else await undo(context, order.first_seq, order.last_seq);
    await state.participations.rewrite(webinars, state.people, touches);
    const batch = this.#batch(state, Receipts.none(), Versions.none());
    batch.add(entry);
    await closeBatch(warehouse, state.people, batch, touches, scope);
    state.people.commit(seq);
    state.seq = seq;
    state.receivedAt = receivedAt;
    return {
      seq,
      entries: 1,
      ...batch.tally,
      messages,
      people,
      receivedAt,
      changes: this.#tell(state, touches),
    };
  }

  /** Counts a piece of a file of history. */
  async #load(state: State, entry: PreparedEntry, order: LoadOrder): Promise<BatchOutcome> {
    const { warehouse, journalFolder, sources, workspace } = this.#options;
    const { seq, source, receivedAt } = entry;
    const touches = new Touches(warehouse, seq);
    const loaded = await projectLoad(entry, order, {
      ...state,
      warehouse,
      journalFolder: journalFolder ?? '',
      rules: this.#rules,
      normaliser: this.#normaliser,
      country: sources.get(source)?.defaults.country ?? workspace.country,
      scope: this.#scope(state, seq),
      touches,
      makeBatch: () => this.#batch(state, Receipts.none(), Versions.none()),
      remember: (batch, written) => this.#remember(state, batch, written),
    });
    Object.assign(state, { seq, receivedAt });
    return { seq, entries: 1, ...loaded, receivedAt, changes: this.#tell(state, touches) };
  }

  async #replay(entry: PreparedEntry, order: ReplayOrder): Promise<Replayed> {
    const { warehouse, reader, sources, workspace } = this.#options;
    const projected = sources.get(entry.source);
    if (projected === undefined) throw new Error('an order of a source that is not declared');
    return replay(entry, order, {
      warehouse,
      reader,
      projected,
      country: workspace.country,
      timeZone: workspace.time_zone,
      normaliser: this.#normaliser,
    });
  }

  #scope(state: State, through: number): WriteScope & { settings: string } {
    return { after: state.seq, through, redo: state.leftover > state.seq, settings: this.#settings };
  }

  #batch(state: State, receipts: Receipts, versions: Versions): Batch {
    const { sources, workspace } = this.#options;
    return new Batch({
      people: state.people,
      receipts,
      versions,
      accounts: state.accounts,
      gone: state.gone,
      tables: this.#tables,
      identitiesOf: (source, record) => {
        if (record === undefined) return [];
        const country = sources.get(source)?.defaults.country ?? workspace.country;
        return identitiesOf(record, { source, normaliser: this.#normaliser, country }).person;
      },
    });
  }

  #remember(state: State, batch: Batch, written: WrittenFacts): void {
    for (const account of batch.newAccounts) state.accounts.set(account, true);
    for (const person of written.accountsLost) state.accounts.delete(person);
    for (const person of written.standing) state.gone.delete(person);
    for (const person of written.gone) state.gone.add(person);
  }

  /** Counts the attempt before it is made: whoever is ended by it cannot count it afterwards. */
  async #expectTheWorst(seq: number | undefined): Promise<void> {
    if (seq === undefined || this.#strikes?.poisoned(seq) !== undefined) return;
    await this.#strikes?.add(seq, 'the projector ended while it worked on it.');
    this.#trying = seq;
  }

  /** Counts a failure against the entry that caused it; where that is not known the entries are tried alone from now on. */
  async #blame(error: unknown, attempted: readonly PreparedEntry[]): Promise<void> {
    if (error instanceof TurnoutError && (error.code === 'unavailable' || error.code === 'timeout')) return;
    const { log } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    const seq = error instanceof EntryFailure ? error.seq : attempted.length === 1 ? attempted[0]?.seq : undefined;
    try {
      if (seq === undefined) {
        this.#aloneThrough = Math.max(this.#aloneThrough, attempted.at(-1)?.seq ?? 0);
        log.warn({ reason }, 'a batch failed; its entries are tried alone');
      } else {
        // While careful the attempt was counted before it was made.
        if (!this.#careful || seq > this.#aloneThrough) await this.#strikes?.add(seq, reason);
        log.warn({ seq, reason }, 'an entry failed');
      }
    } catch (second) {
      log.warn({ reason: String(second) }, 'an attempt could not be counted');
    }
  }
}
