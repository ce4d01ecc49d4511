import type { DataSide } from './data-side.ts';
import type { Journal } from './journal/entry.ts';

export interface KeepRetentionOptions {
  journal: Pick<Journal, 'retain'>;
  data: Pick<DataSide, 'status'>;
  /** `journal:` of turnout.yaml, as it is now. */
  retention: () => { compact_after_days?: number | undefined; delete_after_days?: number | undefined };
  /** UTC milliseconds. */
  clock: () => number;
}

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Packs and deletes old parts of the journal as turnout.yaml says, a minute after the start and every hour. @returns ends it */
export function keepRetention({ journal, data, retention, clock }: KeepRetentionOptions): () => void {
  const look = async () => {
    const { compact_after_days: compact, delete_after_days: remove } = retention();
    if (compact !== undefined || remove !== undefined)
      await journal.retain({
        projectedSeq: data.status?.seq ?? 0,
        ...(compact === undefined ? {} : { compactBefore: clock() - compact * DAY_MS }),
        ...(remove === undefined ? {} : { deleteBefore: clock() - remove * DAY_MS }),
      });
    timer = setTimeout(look, EVERY_MS);
    timer.unref();
  };
  let timer = setTimeout(look, FIRST_AFTER_MS);
  timer.unref();
  return () => clearTimeout(timer);
}
