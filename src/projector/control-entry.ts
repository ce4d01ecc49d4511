import { z } from 'zod';
import type { ControlEntry } from '../contract/pull.ts';

const seq = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const controlEntry = z.discriminatedUnion('control', [
  z.strictObject({ control: z.literal('refresh'), stream: z.string().max(1000), first_seq: seq }),
  z.strictObject({ control: z.literal('undo'), first_seq: seq, last_seq: seq }),
  z.strictObject({
    control: z.literal('replay'),
    items: z
      .array(z.strictObject({ seq, item: z.number().int().min(0).max(0xffff_ffff), record: z.unknown().optional() }))
      .max(100_000),
  }),
  z.strictObject({
    control: z.literal('load'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    records: z.number().int().min(1).max(0xffff_ffff),
    bytes: z.number().int().min(1),
    file: z.string().max(300),
    lines_before: z.number().int().min(0),
  }),
]);

/**
 * The order in the body of a control entry.
 * @param revisable whether the source is read again and again: only then whole reads and batches of it are known
 */
export function parseControl(
  body: Buffer,
  revisable: boolean,
): { ok: true; order: ControlEntry } | { ok: false; reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, reason: 'This order to the projector is not JSON; it was not carried out.' };
  }
  const parsed = controlEntry.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join('.');
    return {
      ok: false,
      reason: `This order to the projector cannot be read; it was not carried out: ${path ? `${path}: ` : ''}${issue?.message}.`,
    };
  }
  const order = parsed.data;
  if (!revisable && order.control !== 'replay' && order.control !== 'load')
    return { ok: false, reason: `What this source sent cannot be taken back: it was not read or imported by Turnout.` };
  return { ok: true, order: order as ControlEntry };
}
