import { z } from 'zod';
import type { ParsedItem, PushConnector } from '../contract/connector.ts';
import type { MessageEvent, MessageStatus } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { isObject, parseJsonBody } from './json.ts';
import { accountRef, counted, idText, instantFromUnixSeconds, poison, setIfKnown, shortText } from './parsed-item.ts';
import { sendgridGuide } from './sendgrid-guide.ts';
import { checkEventSignature, readPublicKey } from './sendgrid-signature.ts';

const publicKey = z.string().refine((text) => readPublicKey(text) !== undefined, {
  message: 'is not the verification key that SendGrid shows (base64, P-256)',
});
const settings = z.strictObject({ public_key: z.union([publicKey, z.array(publicKey).min(1)]) });
type SendGridSettings = z.infer<typeof settings>;

/** `deferred`, `group_resubscribe` and words not yet known are no step of a message's life. */
const STATUSES: ReadonlyMap<unknown, MessageStatus> = new Map([
  ['processed', 'queued'],
  ['delivered', 'delivered'],
  ['dropped', 'failed'],
  ['bounce', 'failed'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['spamreport', 'complained'],
  ['unsubscribe', 'unsubscribed'],
  ['group_unsubscribe', 'unsubscribed'],
]);

/** SendGrid Event Webhook. */
export const sendgrid: PushConnector<SendGridSettings> = {
  name: 'sendgrid',
  title: 'SendGrid',
  guide: sendgridGuide,
  settings,
  feeds: () => [{ record: 'message_event' }],
  revisable: false,
  keepHeaders: [],

  verify(request, { public_key }, now) {
    if (request.method !== 'POST') return { ok: false, reason: 'SendGrid sends events by POST.' };
    return checkEventSignature(
      request.headers['x-twilio-email-event-webhook-signature'],
      request.headers['x-twilio-email-event-webhook-timestamp'],
      request.body,
      public_key,
      now,
    );
  },

  parse(entry, context) {
    const json = parseJsonBody(entry.body);
    if (!json.ok) return [poison(json.reason, entry.body)];
    const events = Array.isArray(json.value) ? json.value : [json.value];
    const items: ParsedItem[] = [];
    for (const event of events) {
      const item = parseEvent(event, context.defaults);
      if (item !== undefined) items.push(item);
    }
    return items;
  },
};

function parseEvent(raw: unknown, defaults: SourceDefaults): ParsedItem | undefined {
  if (!isObject(raw)) return poison('An event is not an object.', raw);
  const status = STATUSES.get(raw['event']);
  if (status === undefined) {
    return typeof raw['event'] === 'string'
      ? undefined
      : poison('An event does not say which: "event" is missing.', raw);
  }
  const key = idText(raw['sg_event_id']);
  if (key === undefined) return poison('An event has no "sg_event_id".', raw);
  const email = idText(raw['email'], 180)?.trim().toLowerCase();
  if (email === undefined || email === '') return poison('An event names no recipient: "email" is missing.', raw);
  const message = messageId(raw);
  if (message === undefined) return poison('An event names no message: "sg_message_id" is missing.', raw);
  const at = instantFromUnixSeconds(raw['timestamp']);
  if (at === undefined) return poison('An event has no time: "timestamp" must be Unix seconds.', raw);

  const record: MessageEvent = {
    record: 'message_event',
    key,
    /** One message to several recipients is one per recipient here. */
    message_id: `${message}|${email}`,
    channel: defaults.channel ?? 'email',
    status,
    at,
    recipient: { email },
  };
  setIfKnown(record, 'account', accountRef(shortText(raw['account_key']) ?? defaults.account));
  setIfKnown(record, 'campaign', campaignOf(raw) ?? defaults.campaign);
  setIfKnown(record, 'category', defaults.category ?? firstCategory(raw['category']));
  if (status === 'opened' && raw['sg_machine_open'] === true) record.automated = true;
  if (status === 'failed') {
    record.failure_reason = failureReason(raw);
    if (raw['event'] === 'bounce' && raw['type'] !== 'blocked') record.permanent = true;
  }
  return counted(record);
}

/** The part before the first dot is the message; some events carry a relay's name instead, then the Message-ID header has it. */
function messageId(raw: Record<string, unknown>): string | undefined {
  const id = idText(raw['sg_message_id']);
  const prefix = id?.split('.', 1)[0];
  if (prefix && !/^filter(drecv-)?\d/.test(prefix)) return prefix;
  const header = idText(raw['smtp-id']);
  return header === undefined ? undefined : /^<?([^@>]+)/.exec(header)?.[1];
}

function campaignOf(raw: Record<string, unknown>): string | undefined {
  return shortText(raw['campaign_key']) ?? shortText(raw['marketing_campaign_name']);
}

function firstCategory(category: unknown): string | undefined {
  return shortText(Array.isArray(category) ? category[0] : category);
}

/** Few words, never the receiving server's sentence: that holds addresses and is different every time. */
function failureReason(raw: Record<string, unknown>): string {
  if (raw['event'] === 'dropped') return `Dropped: ${shortText(raw['reason'], 80) ?? 'no reason given'}`;
  const why = shortText(raw['bounce_classification'], 80) ?? shortText(raw['status'], 20) ?? 'unclassified';
  return raw['type'] === 'blocked' ? `Blocked: ${why}` : `Bounced: ${why}`;
}
