import { z } from 'zod';
import type { ParsedItem, PushConnector } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import { type SourceDefaults, secret } from '../contract/source.ts';
import { matchesSecret } from './constant-time.ts';
import { decodeText, isObject, parseJson } from './json.ts';
import { counted, poison } from './parsed-item.ts';
import { describeIssue } from './record-issue.ts';
import { webhookGuide } from './webhook-guide.ts';
import { withDefaults } from './with-defaults.ts';

const settings = z.strictObject({ token: secret });
type WebhookSettings = z.infer<typeof settings>;

/** Any system of your own: canonical records with a bearer token. */
export const webhook: PushConnector<WebhookSettings> = {
  name: 'webhook',
  title: 'Webhook',
  guide: webhookGuide,
  settings,
  feeds: () => canonicalRecord.options.map(({ shape }) => ({ record: shape.record.value })),
  revisable: false,
  keepHeaders: [],

  verify(request, { token }) {
    if (request.method !== 'POST') return { ok: false, reason: 'Records are sent by POST.' };
    const match = /^Bearer +(\S+) *$/i.exec(request.headers['authorization'] ?? '');
    if (match?.[1] === undefined)
      return { ok: false, reason: 'The header "Authorization: Bearer <token>" is missing.' };
    return matchesSecret(match[1], token)
      ? { ok: true }
      : { ok: false, reason: 'The token is not the one of this source.' };
  },

  parse(entry, { defaults }) {
    const text = decodeText(entry.body);
    if (text === undefined) return [poison('The body is not UTF-8 text.', entry.body)];
    if (text.trim() === '') return [poison('The body is empty.', '')];
    return parseRecords(text, defaults);
  },
};

/** One record, an array of records, or one record per line (NDJSON). */
function parseRecords(text: string, defaults: SourceDefaults): ParsedItem[] {
  const whole = parseJson(text);
  if (whole.ok) {
    const records: unknown[] = Array.isArray(whole.value) ? whole.value : [whole.value];
    return records.map((record) => parseRecord(record, defaults));
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parsed = lines.map((line) => parseJson(line));
  if (lines.length < 2 || !parsed.some((line) => line.ok && isObject(line.value))) return [poison(whole.reason, text)];
  return parsed.map((line, index) => (line.ok ? parseRecord(line.value, defaults) : poison(line.reason, lines[index])));
}

function parseRecord(raw: unknown, defaults: SourceDefaults): ParsedItem {
  if (!isObject(raw)) return poison('A record is not an object.', raw);
  if (!hasWholeText(raw)) return poison('A text holds half of a character (a lone surrogate).', raw);
  const checked = canonicalRecord.safeParse(withDefaults(raw, defaults));
  return checked.success ? counted(checked.data) : poison(describeIssue(raw, checked.error), raw);
}

/** Records are two levels deep; deeper texts fail the schema anyway. */
function hasWholeText(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null || depth > 3) return true;
  return Object.entries(value).every(([key, field]) => key.isWellFormed() && hasWholeText(field, depth + 1));
}
