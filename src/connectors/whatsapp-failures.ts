import { isObject } from './json.ts';
import { shortText } from './parsed-item.ts';

/** Meta's error codes in words that say who can do something about them. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['190', 'Access token expired'],
  ['130429', 'Throughput limit reached'],
  ['130472', 'Held back by Meta: number is part of an experiment'],
  ['131000', 'Generic error at Meta'],
  ['131026', 'Undeliverable: not on WhatsApp, old client or terms not accepted'],
  ['131031', 'Account locked'],
  ['131042', 'Payment or eligibility problem'],
  ['131047', 'More than 24 hours since the last reply: template needed'],
  ['131048', 'Spam rate limit'],
  ['131049', 'Held back by Meta: marketing frequency cap'],
  ['131050', 'Recipient stopped marketing from this business'],
  ['131051', 'Unsupported message type'],
  ['131053', 'Media could not be uploaded'],
  ['131056', 'Too many messages to this recipient'],
  ['132000', 'Template problem: wrong number of parameters'],
  ['132001', 'Template problem: template does not exist'],
  ['132005', 'Template problem: text too long'],
  ['132007', 'Template problem: policy violated'],
  ['132012', 'Template problem: parameter format'],
  ['132015', 'Template problem: template paused'],
  ['132016', 'Template problem: template disabled'],
  ['133010', 'Number not registered'],
]);

/** `131049 Held back by Meta: …`; an unknown code keeps the service's own title. */
export function whatsAppFailure(errors: unknown): string | undefined {
  const error: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (!isObject(error)) return undefined;
  const code = shortText(error['code'], 20);
  const title = shortText(error['title'], 120) ?? shortText(error['message'], 120);
  if (code === undefined) return title;
  return `${code} ${LABELS.get(code) ?? title ?? 'Unknown error'}`;
}
