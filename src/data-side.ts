import { setTimeout as pause } from 'node:timers/promises';
import type { TableChange } from './contract/changes.ts';
import { TurnoutError } from './contract/errors.ts';
import { listUnusedNumbers } from './journal/unused-numbers.ts';
import type { Logger } from './logger.ts';
import { checkLedger, countSlices } from './projector/check-ledger.ts';
import { LedgerWatch } from './projector/ledger-watch.ts';
import { loadProgress } from './projector/progress.ts';
import {
  type ProjectorHandle,
  type ProjectorStatus,
  type StartProjectorOptions,
  startProjector,
} from './projector/runner.ts';
import { settingsHash } from './projector/settings-hash.ts';
import { startOver } from './projector/start-over.ts';
import { type OpenWarehouse, openWarehouse } from './warehouse/open.ts';
import { openServerWarehouse } from './warehouse/open-server.ts';
import type { ServerConnection } from './warehouse/server-connection.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

export interface DataSideOptions {
  /** Folder of the engine's data. */
  warehouseFolder: string;
  /** A ClickHouse server in the engine's place, and the folder of the data whose facts it holds. */
  server?: { connection: ServerConnection; owner: string };
  projector: Omit<StartProjectorOptions, 'warehouse' | 'log'>;
  /** Highest durable sequence number of the journal. */
  durableSeq: () => number;
  /** Entries of the journal up to here were deleted; none where absent. */
  deletedThrough?: () => number;
  /** UTC milliseconds, for alarms. */
  now: () => number;
  log: Logger;
}

/** What a batch changed; null where everything may have changed. `seq`: everything up to there is counted. */
export type ChangeListener = (changes: readonly TableChange[] | null, seq: number) => void;

const OPEN_AGAIN_AFTER_MS = 5_000;
const MAX_ALARMS = 20;

/**
 * Engine and projector of a workspace. They open behind intake and open again when they fail: receiving never waits for them.
 * Data that turns out to be damaged is set aside and made anew from the journal.
 */
export class DataSide {
  #options: DataSideOptions;
  readonly #listeners = new Set<() => void>();
  readonly #changeListeners = new Set<ChangeListener>();
  readonly #alarms: { at: number; message: string }[] = [];
  readonly #stop = new AbortController();
  readonly #opening: Promise<void>;
  #opened: OpenWarehouse | null = null;
  #projector: ProjectorHandle | null = null;
  /** What was known while the projector is exchanged. */
  #lastStatus: ProjectorStatus | null = null;
  #reloading: Promise<void> = Promise.resolve();
  #repairing: Promise<void> | null = null;
  readonly #ledgerWatch = new LedgerWatch((turn) => this.#checkLedger(turn));

  constructor(options: DataSideOptions) {
    this.#options = options;
    this.#opening = this.#open();
  }

  /** @throws TurnoutError('unavailable') until the engine is up */
  get warehouse(): Warehouse {
    if (this.#opened === null)
      throw new TurnoutError(
        'unavailable',
        'The numbers are being opened. What arrives is safe; try again in a moment.',
      );
    return this.#opened.warehouse;
  }

  /** Null until the projector runs. */
  get status(): ProjectorStatus | null {
    const status = this.#projector?.status() ?? this.#lastStatus;
    const trouble = this.#opened?.trouble;
    if (status === null || trouble === undefined || status.state === 'receive_only') return status;
    return { ...status, state: 'unavailable', detail: trouble };
  }

  get alarms(): readonly { at: number; message: string }[] {
    return this.#alarms;
  }

  /** Resolves when numbers can be asked for; `limitMs` at the latest. */
  async opened(limitMs: number): Promise<void> {
    const limit = new AbortController();
    await Promise.race([
      this.#opening,
      pause(limitMs, undefined, { signal: limit.signal, ref: false }).catch(() => {}),
    ]);
    limit.abort();
  }

  notify(durableSeq: number): void {
    this.#projector?.notify(durableSeq);
  }

  /** Called after every batch and whenever the state changes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called with every change of the facts, before `onChange` tells of it. */
  onFactsChange(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Goes on with other sources, tables or settings; facts that they change are made anew. Numbers stay up meanwhile. */
  async reload(projector: DataSideOptions['projector']): Promise<void> {
    this.#reloading = this.#reloading.then(async () => {
      await this.#opening;
      await this.#repairing;
      this.#options = { ...this.#options, projector };
      const opened = this.#opened;
      if (opened === null || this.#stop.signal.aborted) return;
      this.#lastStatus = this.status;
      await this.#projector?.close();
      this.#projector = null;
      try {
        await this.#checkFacts(opened);
        await this.#startProjector(opened);
      } catch (error) {
        this.#options.log.error({ err: error }, 'the numbers could not be brought up to date; opening them again');
        this.#opened = null;
        await opened
          .close()
          .catch((second) => this.#options.log.error({ err: second }, 'the engine could not be closed'));
        await this.#open();
      } finally {
        this.#lastStatus = null;
      }
    });
    return this.#reloading;
  }

  /** Resolves once everything durable now is counted, or when Turnout can only receive. */
  async caughtUp(): Promise<void> {
    const seq = this.#options.durableSeq();
    await new Promise<void>((resolve) => {
      const look = () => {
        const status = this.status;
        if (status === null || (status.seq < seq && status.state !== 'receive_only')) return;
        stopListening();
        resolve();
      };
      const stopListening = this.onChange(look);
      look();
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#ledgerWatch.stop();
    await this.#opening;
    await this.#reloading;
    await this.#repairing;
    await this.#projector?.close();
    await this.#opened?.close();
  }

  async #open(): Promise<void> {
    const { log } = this.#options;
    while (!this.#stop.signal.aborted) {
      let opened: OpenWarehouse | undefined;
      try {
        opened = await this.#openWarehouse();
        for (const message of opened.alarms) this.#alarm(message);
        await this.#checkFacts(opened);
        this.#opened = opened;
        await this.#startProjector(opened);
        opened.onTrouble?.(() => this.#announce());
        opened.onLost?.(() => {
          if (opened !== undefined) this.#repairing ??= this.#release(opened).finally(() => (this.#repairing = null));
        });
        opened.onDamage((message) => {
          // One damaged part is met by many statements at once.
          this.#repairing ??= this.#repair(message)
            .catch((error) => log.error({ err: error }, 'the data could not be set aside'))
            .finally(() => {
              this.#repairing = null;
            });
        });
        return;
      } catch (error) {
        this.#opened = null;
        // Its engine would keep the folder, and no other could ever open it.
        await opened?.close().catch((second) => log.error({ err: second }, 'the engine could not be closed'));
        log.error({ err: error }, 'the numbers could not be opened; trying again');
        this.#alarm(
          error instanceof TurnoutError
            ? error.message
            : 'The analytics engine could not be opened. It is tried again every few seconds.',
        );
        await pause(OPEN_AGAIN_AFTER_MS, undefined, { signal: this.#stop.signal }).catch(() => {});
      }
    }
  }

  #openWarehouse(): Promise<OpenWarehouse> {
    const { warehouseFolder, server, log } = this.#options;
    return server === undefined
      ? openWarehouse({ folder: warehouseFolder, log })
      : openServerWarehouse({ server: server.connection, folder: server.owner, log });
  }

  /** The database is somebody else's now: nothing more is written to it. It is opened again as at the start, which says so. */
  async #release(opened: OpenWarehouse): Promise<void> {
    if (this.#opened !== opened || this.#stop.signal.aborted) return;
    await this.#projector?.close();
    this.#projector = null;
    this.#opened = null;
    this.#announce();
    await opened.close();
    await this.#open();
  }

  /** Facts that do not belong to this journal and these settings are made anew. */
  async #checkFacts(opened: OpenWarehouse): Promise<void> {
    const { seq, settings } = await loadProgress(opened.warehouse);
    const durable = this.#options.durableSeq();
    const deleted = this.#options.deletedThrough?.() ?? 0;
    if (seq < deleted)
      this.#alarm(
        `The journal was deleted up to entry ${deleted}, as journal.delete_after_days wishes, and the numbers reach only to ${seq}: what came between is missing from them. Restore a backup of the whole data folder.`,
      );
    if (seq > durable) {
      // The journal was replaced by an older one: new entries would get numbers that count as done.
      const reason = `The numbers reach to entry ${seq}, but the journal only to ${durable}.`;
      this.#alarm(`${reason} They are made anew from the journal.`);
      await opened.startEmpty(reason);
      this.#changed(null, 0);
    } else if (seq > 0 && deleted > 0 && settings !== settingsHash(this.#options.projector)) {
      this.#alarm(
        `Zone, currency, channels, rates or the reading of addresses have changed, but the journal was deleted up to entry ${deleted}: what was counted stays as it is, and what comes now follows the new settings. Change them back to have all of it alike.`,
      );
    } else if (seq > 0 && settings !== settingsHash(this.#options.projector)) {
      this.#options.log.info(
        'zone, currency, channels, rates or the reading of addresses have changed: the numbers are made anew from the journal',
      );
      await startOver(opened.warehouse);
      this.#changed(null, 0);
    }
  }

  async #startProjector(opened: OpenWarehouse): Promise<void> {
    const projector = await startProjector({
      ...this.#options.projector,
      warehouse: opened.connection,
      log: this.#options.log,
    });
    this.#projector = projector;
    projector.onChanges((changes, seq) => this.#changed(changes, seq));
    projector.onProgress(() => this.#announce());
    projector.notify(this.#options.durableSeq());
    this.#announce();
  }

  /** Damaged data: set aside, then everything is projected anew. Where that fails all is opened again as at the start. */
  async #repair(message: string): Promise<void> {
    const opened = this.#opened;
    if (opened === null || this.#stop.signal.aborted) return;
    const { log } = this.#options;
    this.#alarm(`${message} The numbers are being made anew from the journal.`);
    await this.#projector?.close();
    this.#projector = null;
    this.#announce();
    try {
      await opened.startEmpty(message);
      this.#changed(null, 0);
      await this.#startProjector(opened);
    } catch (error) {
      log.error({ err: error }, 'the data could not be set aside; opening it again');
      this.#opened = null;
      await opened.close().catch((second) => log.error({ err: second }, 'the engine could not be closed'));
      await this.#open();
    }
  }

  /** @returns how many turns go through all of it; undefined where it could not be looked at */
  async #checkLedger(turn: number): Promise<number | undefined> {
    try {
      const { durableSeq, projector } = this.#options;
      const journal = {
        get durableSeq() {
          return durableSeq();
        },
        listUnused: (through: number) => listUnusedNumbers(projector.journalFolder, through),
      };
      for (const problem of await checkLedger(this.warehouse, journal, { turn })) this.#alarm(problem);
      return await countSlices(this.warehouse, { turn });
    } catch (error) {
      if (!(error instanceof TurnoutError)) this.#options.log.error({ err: error }, 'the ledger could not be checked');
      return undefined;
    }
  }

  #alarm(message: string): void {
    if (this.#alarms.at(-1)?.message === message) return;
    this.#alarms.push({ at: this.#options.now(), message });
    if (this.#alarms.length > MAX_ALARMS) this.#alarms.shift();
    this.#options.log.error({ alarm: message }, 'alarm');
    this.#announce();
  }

  #changed(changes: readonly TableChange[] | null, seq: number): void {
    this.#ledgerWatch.noteChange();
    for (const listener of this.#changeListeners) listener(changes, seq);
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}
