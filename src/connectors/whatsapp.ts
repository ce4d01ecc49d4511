import { z } from 'zod';
import type {
  ChallengeAnswer,
  HookRequest,
  ParseContext,
  ParsedItem,
  PushConnector,
  ReceivedEntry,
} from '../contract/connector.ts';
import { secret } from '../contract/source.ts';
import { matchesSecret } from './constant-time.ts';
import { isObject, parseJsonBody } from './json.ts';
import { poison } from './parsed-item.ts';
import { whatsappGuide } from './whatsapp-guide.ts';
import { parseInboundMessage, parsePreference } from './whatsapp-inbound.ts';
import { checkHubSignature } from './whatsapp-signature.ts';
import { parseStatus } from './whatsapp-status.ts';
import { parseBusiness } from './whatsapp-value.ts';

const settings = z.strictObject({ app_secret: secret, verify_token: secret });
type WhatsAppSettings = z.infer<typeof settings>;

/** WhatsApp Business Platform (Meta Cloud API), webhook fields `messages` and `user_preferences`. */
export const whatsapp: PushConnector<WhatsAppSettings> = {
  name: 'whatsapp',
  title: 'WhatsApp Business Platform',
  guide: whatsappGuide,
  settings,
  feeds: () => [{ record: 'message_event' }],
  revisable: false,
  keepHeaders: [],

  verify(request, { app_secret }) {
    if (request.method !== 'POST') return { ok: false, reason: 'WhatsApp sends events by POST.' };
    return checkHubSignature(request.headers['x-hub-signature-256'], request.body, app_secret);
  },

  challenge(request, { verify_token }) {
    return answerChallenge(request, verify_token);
  },

  parse(entry, context) {
    const json = parseJsonBody(entry.body);
    if (!json.ok) return [poison(json.reason, entry.body)];
    return parseEnvelope(json.value, entry, context);
  },
};

/** Meta's GET: 200 with the raw challenge where mode and token are right, else 403 with nothing. */
function answerChallenge(request: HookRequest, token: WhatsAppSettings['verify_token']): ChallengeAnswer {
  const query = new URLSearchParams(request.target.split('?')[1] ?? '');
  const challenge = query.get('hub.challenge');
  const known = matchesSecret(query.get('hub.verify_token') ?? '', token);
  if (request.method === 'GET' && query.get('hub.mode') === 'subscribe' && known && challenge !== null) {
    return { status: 200, contentType: 'text/plain', body: challenge };
  }
  return { status: 403, contentType: 'text/plain', body: '' };
}

function parseEnvelope(body: unknown, entry: ReceivedEntry, context: ParseContext<unknown>): ParsedItem[] {
  if (!isObject(body) || body['object'] !== 'whatsapp_business_account' || !Array.isArray(body['entry'])) {
    return [
      poison(
        'This is not a WhatsApp notification: it needs "object": "whatsapp_business_account" and "entry".',
        entry.body,
      ),
    ];
  }
  const items: ParsedItem[] = [];
  for (const account of body['entry'] as unknown[]) {
    if (!isObject(account) || !Array.isArray(account['changes'])) {
      items.push(poison('An entry of the notification has no list of changes.', account));
      continue;
    }
    for (const change of account['changes'] as unknown[]) items.push(...parseChange(change, context));
  }
  return items;
}

/** Fields other than `messages` and `user_preferences` (template notices, account updates) hold nothing to count. */
function parseChange(change: unknown, context: ParseContext<unknown>): ParsedItem[] {
  if (!isObject(change) || typeof change['field'] !== 'string') {
    return [poison('A change of the notification names no field.', change)];
  }
  if (change['field'] !== 'messages' && change['field'] !== 'user_preferences') return [];
  const value = change['value'];
  if (!isObject(value)) return [poison(`The value of "${change['field']}" is not an object.`, change)];
  const business = parseBusiness(value, context.defaults);
  const items: ParsedItem[] = [];
  for (const status of listOf(value['statuses'])) items.push(...parseStatus(status, business, context.defaults));
  for (const message of listOf(value['messages'])) items.push(...parseInboundMessage(message, business));
  for (const preference of listOf(value['user_preferences'])) items.push(...parsePreference(preference, business));
  return items;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
