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
