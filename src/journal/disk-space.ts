import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { type FileLayer, writeAll } from './file-layer.ts';

export interface DiskSpaceOptions {
  /** Below so many free bytes nothing is accepted. */
  watermarkBytes: number;
  ballastBytes: number;
  /** Milliseconds between two looks at the disk. */
  recheckMs: number;
}

/** Stops intake before the disk is full, and starts it again when there is room. */
export class DiskSpace {
  freeBytes = 0;

  readonly #folder: string;
  readonly #fs: FileLayer;
  readonly #options: DiskSpaceOptions;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(folder: string, fs: FileLayer, options: DiskSpaceOptions) {
    this.#folder = folder;
    this.#fs = fs;
    this.#options = options;
  }

  get enough(): boolean {
    return this.freeBytes >= this.#options.watermarkBytes;
  }

  /** For people, while there is not enough. */
  get sentence(): string {
    return `The disk of the journal has ${mebibytes(this.freeBytes)} MiB free and Turnout keeps ${mebibytes(this.#options.watermarkBytes)} MiB of it in reserve. Free some space: receiving starts again by itself.`;
  }

  /** A promise to wait for when the last look is too old, else `undefined`. */
  look(): Promise<void> | undefined {
    if (performance.now() - this.#lookedAt < this.#options.recheckMs) return undefined;
    this.#looking ??= this.lookNow();
    return this.#looking;
  }

  async lookNow(): Promise<void> {
    try {
      this.freeBytes = await this.#fs.freeBytes(this.#folder);
    } catch {
      this.freeBytes = 0;
    } finally {
      this.#lookedAt = performance.now();
      this.#looking = undefined;
    }
  }

  /** Between two looks. */
  spend(bytes: number): void {
    this.freeBytes -= bytes;
  }

  /** Keeps real bytes on the disk that recovery may use when it is full. Without room for them there is no ballast until the next start. */
  async fillBallast(): Promise<void> {
    const { ballastBytes, watermarkBytes } = this.#options;
    const file = await this.#openBallast();
    if (file === undefined) return;
    try {
      const size = await file.size();
      if (size === ballastBytes || this.freeBytes < watermarkBytes + ballastBytes) return;
      await file.truncate(0);
      const block = randomFillSync(Buffer.allocUnsafe(Math.min(ballastBytes, 1024 * 1024)));
      for (let end = 0; end < ballastBytes; end += block.length)
        await writeAll(file, block.subarray(0, ballastBytes - end), end);
    } catch {
      await file.truncate(0).catch(() => {});
    } finally {
      await file.close();
    }
  }

  async releaseBallast(): Promise<void> {
    const file = await this.#openBallast();
    await file?.truncate(0).catch(() => {});
    await file?.close();
  }

  async #openBallast() {
    const path = join(this.#folder, 'ballast');
    return this.#fs.open(path, 'update').catch(() => this.#fs.open(path, 'create').catch(() => undefined));
  }
}

function mebibytes(bytes: number): number {
  return Math.max(0, Math.floor(bytes / 1024 / 1024));
}
