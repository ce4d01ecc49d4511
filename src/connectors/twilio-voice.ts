import type { ParseContext, ParsedItem, ReceivedEntry } from '../contract/connector.ts';
import type { MessageEvent, MessageStatus } from '../contract/record.ts';
import { counted, idText, instantFromMillis, poison, setIfKnown, shortText } from './parsed-item.ts';
import { parseAddress, setSenderWords, type TwilioParams } from './twilio-params.ts';

const FAILURES: ReadonlyMap<string, string> = new Map([
  ['busy', 'Busy'],
  ['no-answer', 'No answer'],
  ['canceled', 'Canceled before it was answered'],
  ['failed', 'Call failed'],
]);

/** A call's status callback, or a copy of what `<Gather>` posted. Calls to us, and the legs that `<Dial>` opens, are no messages of ours. */
export function parseVoice(
  sid: string,
  params: TwilioParams,
  entry: ReceivedEntry,
  context: ParseContext<unknown>,
): ParsedItem[] {
  if (params['Direction']?.startsWith('inbound') || params['ParentCallSid'] !== undefined) return [];
  if (
    params['CallbackSource'] === undefined &&
    (params['Digits'] !== undefined || params['SpeechResult'] !== undefined)
  ) {
    return parseGather(sid, params, entry, context);
  }
  const word = params['CallStatus'];
  const status = statusOf(word, params['AnsweredBy']);
  if (status === undefined) {
    return word === undefined && params['AnsweredBy'] === undefined
      ? [poison('The callback does not say a status: CallStatus is missing.', entry.body)]
      : [];
  }
  const sequence = idText(params['SequenceNumber'], 20);
  const record = callEvent(`${sid}|${sequence ?? word}`, sid, status, params, entry, context);
  if (record === undefined) return [poison('The callback has no readable Timestamp.', entry.body)];
  if (status === 'failed') record.failure_reason = failureOf(word ?? '', params);
  if (word === 'completed') setIfKnown(record, 'seconds', secondsOf(params['CallDuration']));
  return [counted(record)];
}

/** `in-progress` says that the line was taken, not by whom: only `completed` decides between a person and a machine. */
function statusOf(word: string | undefined, answeredBy: string | undefined): MessageStatus | undefined {
  switch (word) {
    case 'queued':
    case 'initiated':
      return 'queued';
    case 'ringing':
      return 'sent';
    case 'completed':
      return answeredBy?.startsWith('machine') || answeredBy === 'fax' ? 'delivered' : 'answered';
    default:
      return word !== undefined && FAILURES.has(word) ? 'failed' : undefined;
  }
}

/** Keys pressed answer the call and are a click with its digits; a spoken answer is a reply, its words are not kept. */
function parseGather(
  sid: string,
  params: TwilioParams,
  entry: ReceivedEntry,
  context: ParseContext<unknown>,
): ParsedItem[] {
  const digits = idText(params['Digits'], 100);
  if (digits === undefined && !params['SpeechResult']) return [];
  const once = idText(entry.headers['i-twilio-idempotency-token'], 100);
  const minute = Math.floor(entry.receivedAt / 60_000);
  const key = `${sid}|gather|${once ?? `${digits ?? 'speech'}|${minute}`}`;
  const reply = callEvent(`${key}|replied`, sid, 'replied', params, entry, context);
  if (reply === undefined) return [poison('The callback has no readable Timestamp.', entry.body)];
  if (digits === undefined) return [counted(reply)];
  return [counted({ ...reply, key, status: 'clicked', digits }), counted(reply)];
}

function callEvent(
  key: string,
  sid: string,
  status: MessageStatus,
  params: TwilioParams,
  entry: ReceivedEntry,
  context: ParseContext<unknown>,
): MessageEvent | undefined {
  const timestamp = params['Timestamp'];
  const at = instantFromMillis(timestamp === undefined ? entry.receivedAt : parseRfc2822(timestamp));
  if (at === undefined) return undefined;
  const record: MessageEvent = {
    record: 'message_event',
    key,
    message_id: sid,
    channel: context.defaults.channel ?? 'ivr',
    status,
    at,
  };
  if (timestamp === undefined) record.at_source = 'receipt';
  setIfKnown(record, 'recipient', parseAddress(params['To'] ?? params['Called']).person);
  setSenderWords(record, entry, context.defaults);
  return record;
}

/** `Wed, 18 Nov 2026 16:05:49 +0000` → UTC milliseconds; NaN for all else. */
function parseRfc2822(text: string): number {
  return /^([A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|UTC|[+-]\d{4})$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

function failureOf(word: string, params: TwilioParams): string {
  const sip = shortText(params['SipResponseCode'], 10);
  const label = FAILURES.get(word) ?? word;
  return word === 'failed' && sip !== undefined ? `${label} (SIP ${sip})` : label;
}

/** `CallDuration` is in seconds; `Duration` (billed minutes) is not read. */
function secondsOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,7}$/.test(value) ? Number(value) : undefined;
}
