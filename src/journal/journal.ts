import { TurnoutError } from '../contract/errors.ts';
import { DiskSpace } from './disk-space.ts';
import type { Journal, JournalStatus, NewEntry, Retention } from './entry.ts';
import { errorCode, type FileLayer, nodeFileLayer } from './file-layer.ts';
import { encodeFrame, MAX_FRAME_BYTES, sealFrame } from './frame.ts';
import { measureCompacted, type Recovered, recoverJournal, sizeOfAll } from './recovery.ts';
import { retainSegments } from './retention.ts';
import { listSegments } from './segment.ts';
import { checkSegments } from './segment-check.ts';
import { SegmentWriter } from './segment-writer.ts';

const MIB = 1024 * 1024;
/** A group that has grown so large is written at once. */
const GROUP_BYTES = 4 * MIB;
const MAX_ALARMS = 100;

export interface JournalOptions {
  /** Made where missing. One process at a time: hold the data directory's lock. */
  folder: string;
  fs?: FileLayer;
  /** UTC milliseconds, for alarms. */
  now?: () => number;
  /** How long an entry waits for others to share its fsync. */
  flushMs?: number;
  segmentBytes?: number;
  /** Zeros that are written ahead of what comes, under load; 0: none. */
  reserveBytes?: number;
  /** Below so many free bytes appends are rejected; at least the ballast. */
  watermarkBytes?: number;
  ballastBytes?: number;
  /** Bytes that may wait for the disk; more are rejected. */
  queueBytes?: number;
  /** How often a journal that could not be written is tried again, and the disk is looked at. */
  recheckMs?: number;
  /** Pace at which complete segments are read in the background once after opening; 0: not at all. */
  checkBytesPerSecond?: number;
}

/** Opens or makes the journal, after bringing its end in order. Rejects when the folder cannot be written at all. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const fs = options.fs ?? nodeFileLayer;
  const now = options.now ?? Date.now;
  const ballastBytes = options.ballastBytes ?? 16 * MIB;
  const alarms: { at: number; message: string }[] = [];
  const alarm = (message: string) => {
    alarms.push({ at: now(), message });
    if (alarms.length > MAX_ALARMS) alarms.shift();
  };
  await fs.makeFolder(options.folder);
  const space = new DiskSpace(options.folder, fs, {
    watermarkBytes: Math.max(options.watermarkBytes ?? 256 * MIB, ballastBytes),
    ballastBytes,
    recheckMs: options.recheckMs ?? 1000,
  });
  const recovered = await recoverJournal(fs, options.folder, space, alarm);
  await space.lookNow();
  await space.fillBallast();
  await space.lookNow();
  return new SegmentedJournal(fs, options, space, recovered, alarms, alarm);
}

interface Waiting {
  frame: Buffer;
  since: number;
  resolve(seq: number): void;
  reject(error: Error): void;
}

class SegmentedJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #flushMs: number;
  readonly #queueBytes: number;
  readonly #space: DiskSpace;
  readonly #recovered: Recovered;
  readonly #writer: SegmentWriter;
  readonly #alarms: { at: number; message: string }[];
  readonly #alarm: (sentence: string) => void;
  readonly #listeners = new Set<(durableSeq: number) => void>();
  readonly #closing = new AbortController();
  readonly #checking: Promise<void>;
  #retaining: Promise<void> | undefined;
  #durableSeq: number;
  #nextSeq: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;
  /** Set while no segment can be written: nothing is tried before this monotonic time. */
  #blocked: { until: number; sentence: string } | undefined;

  constructor(
    fs: FileLayer,
    options: JournalOptions,
    space: DiskSpace,
    recovered: Recovered,
    alarms: { at: number; message: string }[],
    alarm: (sentence: string) => void,
  ) {
    this.#options = options;
    this.#flushMs = options.flushMs ?? 3;
    this.#queueBytes = options.queueBytes ?? 64 * MIB;
    this.#space = space;
    this.#recovered = recovered;
    this.#alarms = alarms;
    this.#alarm = alarm;
    this.#durableSeq = recovered.durableSeq;
    this.#nextSeq = recovered.nextSeq;
    const { folder, segmentBytes = 64 * MIB, reserveBytes = MIB } = options;
    this.#writer = new SegmentWriter(folder, fs, segmentBytes, reserveBytes);
    const pace = options.checkBytesPerSecond ?? 4 * MIB;
    this.#checking =
      pace === 0
        ? Promise.resolve()
        : checkSegments(fs, recovered.segments, space, alarm, pace, this.#closing.signal).catch((error: unknown) =>
            alarm(`The journal could not be checked: ${message(error)}. Check the disk.`),
          );
  }

  get durableSeq(): number {
    return this.#durableSeq;
  }

  async append(entry: NewEntry): Promise<number> {
    const looking = this.#space.look();
    if (looking !== undefined) await looking;
    const refusal = this.#refusal();
    if (refusal !== undefined) throw new TurnoutError('unavailable', refusal);
    const frame = encodeFrame(entry);
    if (frame.length > MAX_FRAME_BYTES)
      throw new TurnoutError('too_large', `One request may have ${MAX_FRAME_BYTES / MIB} MiB; this one is larger.`);
    if (this.#waitingBytes + frame.length > this.#queueBytes)
      throw new TurnoutError(
        'unavailable',
        'More arrives than the disk can take. Nothing was kept: send it again later.',
      );
    this.#waitingBytes += frame.length;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#waiting.push({ frame, since: performance.now(), resolve, reject });
    this.#schedule();
    return promise;
  }

  onCommit(listener: (durableSeq: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  status(): JournalStatus {
    void this.#space.look();
    return {
      segments: this.#recovered.segments.length + this.#writer.segments,
      bytes: this.#recovered.bytes + this.#writer.bytes,
      durableSeq: this.#durableSeq,
      freeBytes: this.#space.freeBytes,
      accepting: this.#refusal() === undefined,
      alarms: [...this.#alarms],
      compacted: this.#recovered.compacted,
      deletedThrough: this.#recovered.deletedThrough,
    };
  }

  async retain(retention: Retention): Promise<void> {
    await this.#checking;
    this.#retaining ??= this.#retain(retention).finally(() => {
      this.#retaining = undefined;
    });
    return this.#retaining;
  }

  async #retain(retention: Retention): Promise<void> {
    const fs = this.#options.fs ?? nodeFileLayer;
    const { folder } = this.#options;
    try {
      const { deletedThrough } = await retainSegments(fs, folder, retention, this.#closing.signal);
      const all = await listSegments(fs, folder);
      // Those of the writer are counted by it.
      const segments = all.slice(0, Math.max(0, all.length - this.#writer.segments));
      const [compacted, bytes] = await Promise.all([measureCompacted(fs, all), sizeOfAll(fs, segments)]);
      Object.assign(this.#recovered, { segments, compacted, bytes, deletedThrough });
    } catch (error) {
      if (!this.#closing.signal.aborted)
        this.#alarm(`Old segments of the journal could not be packed or deleted (${message(error)}). Check the disk.`);
    }
  }

  /** Entries that are waiting are still written. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#waiting.length > 0 || this.#committing !== undefined) await (this.#committing ?? this.#commit());
    await this.#checking;
    await this.#retaining;
    await this.#writer.close();
  }

  #refusal(): string | undefined {
    if (this.#closing.signal.aborted) return 'Turnout is stopping. Nothing was kept: send it again later.';
    if (!this.#space.enough) return this.#space.sentence;
    if (this.#blocked !== undefined && performance.now() < this.#blocked.until) return this.#blocked.sentence;
    return undefined;
  }

  #schedule(): void {
    const oldest = this.#waiting[0];
    if (oldest === undefined || this.#committing !== undefined) return;
    const wait = this.#waitingBytes >= GROUP_BYTES ? 0 : this.#flushMs - (performance.now() - oldest.since);
    if (wait <= 0) void this.#commit();
    else this.#timer ??= setTimeout(() => void this.#commit(), wait);
  }

  #commit(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#committing ??= this.#writeGroup().finally(() => {
      this.#committing = undefined;
      this.#schedule();
    });
    return this.#committing;
  }

  async #writeGroup(): Promise<void> {
    const group = this.#takeGroup();
    const firstSeq = this.#nextSeq;
    const frames = group.map((waiting, index) => sealFrame(waiting.frame, firstSeq + index));
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    // Numbers of a group that fails are not used again: its bytes may have reached the disk.
    this.#nextSeq += group.length;
    try {
      await this.#writer.write(frames, firstSeq, this.#durableSeq);
    } catch (error) {
      this.#fail(group, error);
      return;
    } finally {
      this.#waitingBytes -= bytes;
    }
    this.#space.spend(bytes);
    this.#blocked = undefined;
    this.#durableSeq = firstSeq + group.length - 1;
    group.forEach((waiting, index) => {
      waiting.resolve(firstSeq + index);
    });
    for (const listener of this.#listeners) queueMicrotask(() => listener(this.#durableSeq));
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (count > 0 && bytes + waiting.frame.length > GROUP_BYTES) break;
      bytes += waiting.frame.length;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** The next group tries a new segment at once; when that fails too, appends wait for `recheckMs`. */
  #fail(group: Waiting[], error: unknown): void {
    const sentence = `The journal could not be written (${message(error)}). Nothing was kept: send it again later.`;
    if (this.#blocked === undefined) this.#alarm(sentence);
    const again = this.#blocked !== undefined || errorCode(error) === 'ENOSPC';
    this.#blocked = { until: again ? performance.now() + (this.#options.recheckMs ?? 1000) : 0, sentence };
    for (const waiting of group) waiting.reject(new TurnoutError('unavailable', sentence));
  }
}

function message(error: unknown): string {
  return errorCode(error) || (error instanceof Error ? error.message : String(error));
}
