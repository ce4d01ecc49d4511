import { z } from 'zod';
import { MESSAGE_STATUSES, personRef } from './record.ts';

/**
 * A line of a file of history: a message as it ended, its events merged already (docs/load-history.md). `turnout load` takes files of
 * such lines. The engine checks them itself, by the same rules (src/projector/load/staging.ts).
 */

const instant = z.iso.datetime({ offset: true });
const name = z.string().trim().min(1).max(200);

/** When a message had each status: `sent_at`, `delivered_at`, … */
export const MESSAGE_TIMES = MESSAGE_STATUSES.map((status) => `${status}_at` as const);

export const loadedMessage = z
  .strictObject({
    /** Unique in the source. */
    message_id: z.string().min(1).max(500),
    channel: name,
    /** One of them at least. */
    ...(Object.fromEntries(MESSAGE_TIMES.map((time) => [time, instant.optional()])) as Record<
      (typeof MESSAGE_TIMES)[number],
      z.ZodOptional<typeof instant>
    >),
    account: personRef.optional(),
    recipient: personRef.optional(),
    category: name.optional(),
    campaign: name.optional(),
    failure_reason: z.string().max(2000).optional(),
    /** The failure wins over `delivered`. */
    permanent: z.boolean().optional(),
    /** Its opens were made by a machine. */
    automated: z.boolean().optional(),
    billable: z.boolean().optional(),
    charge: z.number().finite().nonnegative().optional(),
    currency: z.string().length(3).optional(),
    seconds: z.number().int().nonnegative().max(0xffff_ffff).optional(),
    digits: z.string().max(100).optional(),
  })
  .refine((message) => MESSAGE_TIMES.some((time) => message[time] !== undefined), {
    message: `needs one of ${MESSAGE_TIMES.join(', ')} at least`,
  });

export type LoadedMessage = z.infer<typeof loadedMessage>;

/** Longer lines are no messages: the whole file is refused. */
export const MAX_LINE_BYTES = 64 * 1024;
/** Lines of a piece: the journal keeps a file in pieces, each with an order of its own, so that live events get their turn between. */
export const MAX_PIECE_LINES = 1_000_000;

/** Answer of POST /api/v1/loads/pieces: what was kept of the lines sent; nothing is counted before POST /api/v1/loads. */
export interface LoadPiece {
  sha256: string;
  records: number;
  bytes: number;
  lines_before: number;
}

/** Body of POST /api/v1/loads. */
export const loadRequest = z.strictObject({
  file: z.string().trim().min(1).max(255),
  /** Name of the source; the file's name where absent. */
  save_as: z.string().trim().min(1).max(100).optional(),
  pieces: z
    .array(
      z.strictObject({
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'as POST /api/v1/loads/pieces gave it'),
        records: z.number().int().min(1).max(MAX_PIECE_LINES),
        bytes: z.number().int().min(1),
        lines_before: z.number().int().min(0),
      }),
    )
    .min(1)
    .max(10_000),
});
export type LoadRequest = z.infer<typeof loadRequest>;

/** Its answer. */
export interface LoadStarted {
  source: string;
  records: number;
  /** Entries of the journal that hold its orders. */
  first_seq: number;
  last_seq: number;
}

/** GET /api/v1/loads?first_seq=&last_seq= */
export interface LoadReport {
  done: boolean;
  counted: number;
  duplicate: number;
  quarantined: number;
  /** What holds it up, a sentence; null while nothing does. */
  detail: string | null;
}
