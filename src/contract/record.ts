import { z } from 'zod';

/** Canonical records: what every connector yields and nothing else (docs/architecture.md, "Records"). */

/** ISO 8601 instant with an offset or `Z`; kept as text until the projector turns it into UTC milliseconds. */
const instant = z.iso.datetime({ offset: true });
const name = z.string().trim().min(1).max(200);
const text = z.string().max(2000);

/** A reference to a person. At least one identity; values are normalised by the projector, not by the connector. */
export const personRef = z
  .strictObject({
    email: z.string().max(320).optional(),
    phone: z.string().max(40).optional(),
    /** Ids of services carry a prefix (`wa:US.134…`); bare ids are the team's own (an account name). */
    external_id: z.string().max(200).optional(),
  })
  .refine((ref) => ref.email !== undefined || ref.phone !== undefined || ref.external_id !== undefined, {
    message: 'needs at least one of email, phone, external_id',
  });

const base = {
  /** Unique in the source; the dedupe key. */
  key: z.string().min(1).max(500),
  /** When the source saw it; the receipt time where absent. Decides which version of a changeable record is the newer one. */
  observed_at: instant.optional(),
};

export const MESSAGE_STATUSES = [
  'queued',
  'sent',
  'delivered',
  'read',
  'opened',
  'clicked',
  'answered',
  'replied',
  'failed',
  'unsubscribed',
  'complained',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

const person = z.strictObject({
  record: z.literal('person'),
  ...base,
  /** `account`: a user of the platform; `contact`: someone reached. */
  kind: z.enum(['account', 'contact']),
  email: z.string().max(320).optional(),
  phone: z.string().max(40).optional(),
  external_id: z.string().max(200).optional(),
  registered_at: instant.optional(),
  region: name.optional(),
  language: name.optional(),
  attributes: z
    .record(z.string().max(100), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]))
    .optional(),
});

const invitation = z.strictObject({
  record: z.literal('invitation'),
  ...base,
  person: personRef,
  invited_at: instant,
  activated_at: instant.optional(),
  campaign: name.optional(),
});

const activity = z.strictObject({
  record: z.literal('activity'),
  ...base,
  person: personRef,
  at: instant,
  /** login, blast, purchase, … */
  feature: name,
  channel: name.optional(),
  category: name.optional(),
  amount: z.number().finite().optional(),
  currency: z.string().length(3).optional(),
});

const messageEvent = z.strictObject({
  record: z.literal('message_event'),
  ...base,
  message_id: z.string().min(1).max(500),
  channel: name,
  status: z.enum(MESSAGE_STATUSES),
  at: instant,
  /** `receipt` where the service sends no event time: `at` is then our receipt time and takes no part in the fingerprint. */
  at_source: z.enum(['provider', 'receipt']).optional(),
  account: personRef.optional(),
  recipient: personRef.optional(),
  category: name.optional(),
  campaign: name.optional(),
  failure_reason: text.optional(),
  /** A failure that wins over `delivered` (an asynchronous hard bounce of e-mail). */
  permanent: z.boolean().optional(),
  /** An open made by a machine (privacy proxy, scanner). */
  automated: z.boolean().optional(),
  billable: z.boolean().optional(),
  charge: z.number().finite().nonnegative().optional(),
  currency: z.string().length(3).optional(),
  /** IVR: length of the call in seconds. */
  seconds: z.number().int().nonnegative().optional(),
  /** IVR: keys pressed; leading zeros, * and # kept. */
  digits: z.string().max(100).optional(),
});

const webinar = z.strictObject({
  record: z.literal('webinar'),
  ...base,
  webinar_id: name,
  title: text,
  series: name.optional(),
  course: name.optional(),
  language: name.optional(),
  region: name.optional(),
  format: z.enum(['live', 'recorded']),
  status: z.enum(['scheduled', 'live', 'finished', 'cancelled']),
  host: name.optional(),
  starts_at: instant,
  time_zone: name.optional(),
  duration_minutes: z.number().nonnegative().optional(),
});

/** The service's own id of a person in a webinar (Zoom registrant id, BigMarker bmid, GoTo registrant key): the surest join. */
const registrantId = z.string().min(1).max(200).optional();

const registration = z.strictObject({
  record: z.literal('registration'),
  ...base,
  webinar_id: name,
  person: personRef,
  registrant_id: registrantId,
  registered_at: instant,
  utm_source: text.optional(),
  utm_medium: text.optional(),
  utm_campaign: text.optional(),
  utm_content: text.optional(),
  utm_term: text.optional(),
  referrer: text.optional(),
  cancelled_at: instant.optional(),
});

const attendance = z.strictObject({
  record: z.literal('attendance'),
  ...base,
  webinar_id: name,
  person: personRef,
  registrant_id: registrantId,
  joined_at: instant,
  left_at: instant.optional(),
  /** Time in the room where the service says it itself: the stay ends then, or at `left_at` if that is earlier. */
  seconds: z.number().nonnegative().optional(),
});

const recordingView = z.strictObject({
  record: z.literal('recording_view'),
  ...base,
  webinar_id: name,
  person: personRef,
  registrant_id: registrantId,
  viewed_at: instant,
  seconds: z.number().nonnegative().optional(),
});

const row = z.strictObject({
  record: z.literal('row'),
  ...base,
  table: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _ only'),
  values: z.record(z.string().max(100), z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()])),
});

/** The record of this source with this key is gone: its effect on every number is taken back, until it is sent again. */
const deletion = z.strictObject({
  record: z.literal('deletion'),
  ...base,
  of: z.enum([
    'person',
    'invitation',
    'activity',
    'message_event',
    'webinar',
    'registration',
    'attendance',
    'recording_view',
    'row',
  ]),
  /** Where `of` is `row`. */
  table: z.string().max(63).optional(),
});

export const canonicalRecord = z.discriminatedUnion('record', [
  person,
  invitation,
  activity,
  messageEvent,
  webinar,
  registration,
  attendance,
  recordingView,
  row,
  deletion,
]);

export type PersonRef = z.infer<typeof personRef>;
export type CanonicalRecord = z.infer<typeof canonicalRecord>;
export type RecordKind = CanonicalRecord['record'];
export type RecordOf<K extends RecordKind> = Extract<CanonicalRecord, { record: K }>;
export type MessageEvent = RecordOf<'message_event'>;
