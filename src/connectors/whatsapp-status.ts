import type { ParsedItem } from '../contract/connector.ts';
import type { MessageEvent, MessageStatus } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { isObject } from './json.ts';
import { counted, idText, instantFromUnixSeconds, poison, setIfKnown, shortText } from './parsed-item.ts';
import { whatsAppFailure } from './whatsapp-failures.ts';
import { type Business, personOf } from './whatsapp-value.ts';

/** `played` is a voice note heard: read. Other words (`deleted`, `warning`, new ones) are no step of a message's life. */
const STATUSES: ReadonlyMap<unknown, MessageStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
]);

/** One element of `statuses[]`. The key leaves the timestamp out: a retry may be batched differently, never dated differently. */
export function parseStatus(raw: unknown, business: Business, defaults: SourceDefaults): ParsedItem[] {
  if (!isObject(raw)) return [poison('A status is not an object.', raw)];
  const id = idText(raw['id']);
  if (id === undefined) return [poison('A status names no message: "id" is missing or not a text.', raw)];
  const status = STATUSES.get(raw['status']);
  if (status === undefined) {
    if (typeof raw['status'] === 'string') return [];
    return [poison('A status does not say which: "status" is missing.', raw)];
  }
  const at = instantFromUnixSeconds(raw['timestamp']);
  if (at === undefined) return [poison('A status has no time: "timestamp" must be Unix seconds.', raw)];

  const participant = idText(raw['recipient_participant_id'] ?? raw['participant_recipient_id'], 60);
  const record: MessageEvent = {
    record: 'message_event',
    key: `${business.phoneNumberId}|${id}|${raw['status']}${participant === undefined ? '' : `|${participant}`}`,
    message_id: id,
    channel: 'whatsapp',
    status,
    at,
  };
  setIfKnown(record, 'account', business.account);
  if (raw['recipient_type'] !== 'group') {
    setIfKnown(record, 'recipient', personOf(raw['recipient_id'], raw['recipient_user_id'], business.contacts));
  }
  setIfKnown(record, 'campaign', shortText(raw['biz_opaque_callback_data']) ?? defaults.campaign);
  setPricing(record, raw['pricing'], defaults);
  if (status === 'failed') setIfKnown(record, 'failure_reason', whatsAppFailure(raw['errors']) ?? 'Unknown error');
  return [counted(record)];
}

/** Only `sent` and one of `delivered` and `read` carry prices: a later status without them must not overrule the category with a default. */
function setPricing(record: MessageEvent, raw: unknown, defaults: SourceDefaults): void {
  const pricing = isObject(raw) ? raw : {};
  const category = shortText(pricing['category']);
  const mayDefault = record.status === 'sent' || record.status === 'failed';
  setIfKnown(record, 'category', category ?? (mayDefault ? defaults.category : undefined));
  if (typeof pricing['type'] === 'string') record.billable = pricing['type'] === 'regular';
  else if (typeof pricing['billable'] === 'boolean') record.billable = pricing['billable'];
}
