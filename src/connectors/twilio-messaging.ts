import type { ParseContext, ParsedItem, ReceivedEntry } from '../contract/connector.ts';
import type { MessageEvent, MessageStatus } from '../contract/record.ts';
import { isOptOut } from './opt-out-words.ts';
import { accountRef, counted, idText, instantFromMillis, poison, setIfKnown, shortText } from './parsed-item.ts';
import { twilioFailure } from './twilio-failures.ts';
import { parseAddress, setSenderWords, type TwilioParams } from './twilio-params.ts';

/** `canceled` is missing on purpose: a message that its own sender withdrew was neither sent nor failed. */
const STATUSES: ReadonlyMap<string, MessageStatus> = new Map([
  ['accepted', 'queued'],
  ['scheduled', 'queued'],
  ['queued', 'queued'],
  ['sending', 'queued'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['partially_delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
]);

/** A status callback or an inbound message. Neither carries a usable time: `at` is our receipt time and says so. */
export function parseMessaging(
  sid: string,
  params: TwilioParams,
  entry: ReceivedEntry,
  context: ParseContext<unknown>,
): ParsedItem[] {
  const at = instantFromMillis(entry.receivedAt);
  if (at === undefined) return [poison('The receipt time of this callback is out of range.', entry.body)];
  const word = params['MessageStatus'] ?? params['SmsStatus'];
  const inbound = word === 'received' || word === 'receiving' || (word === undefined && params['Body'] !== undefined);
  if (inbound) return parseInbound(sid, params, at, context);
  const status = STATUSES.get(word ?? '');
  if (status === undefined) {
    return word === undefined
      ? [poison('The callback does not say a status: MessageStatus is missing.', entry.body)]
      : [];
  }
  const code = idText(params['ErrorCode'], 20);
  const to = parseAddress(params['To']);
  const record: MessageEvent = {
    record: 'message_event',
    key: code === undefined ? `${sid}|${word}` : `${sid}|${word}|${code}`,
    message_id: sid,
    channel: channelOf(to.scheme, context),
    status,
    at,
    at_source: 'receipt',
  };
  setIfKnown(record, 'recipient', to.person);
  setSenderWords(record, entry, context.defaults);
  if (status === 'failed') record.failure_reason = twilioFailure(code, params['ErrorMessage'], word ?? '');
  return [counted(record)];
}

/**
 * A reply counts on the message that Twilio says it answers (`OriginalRepliedMessageSid`); a plain SMS reply names none and
 * counts nowhere. An opt-out always marks the person.
 */
function parseInbound(sid: string, params: TwilioParams, at: string, context: ParseContext<unknown>): ParsedItem[] {
  const from = parseAddress(params['From']);
  const choice = params['OptOutType']?.toUpperCase() ?? (isOptOut(params['Body']) ? 'STOP' : undefined);
  const original = idText(params['OriginalRepliedMessageSid'], 100);
  const items: ParsedItem[] = [];
  if (original !== undefined) {
    const statuses: MessageStatus[] = ['replied'];
    if (params['ButtonPayload'] !== undefined || params['ButtonText'] !== undefined) statuses.push('clicked');
    if (choice === 'STOP') statuses.push('unsubscribed');
    for (const status of statuses) {
      const record: MessageEvent = {
        record: 'message_event',
        key: `${original}|${status}|${sid}`,
        message_id: original,
        channel: channelOf(from.scheme, context),
        status,
        at,
        at_source: 'receipt',
      };
      setIfKnown(record, 'account', accountRef(context.defaults.account));
      setIfKnown(record, 'recipient', from.person);
      items.push(counted(record));
    }
  }
  if (from.person !== undefined && (choice === 'STOP' || choice === 'START')) {
    items.push(
      counted({
        record: 'person',
        key: `${sid}|opt_out`,
        kind: 'contact',
        ...from.person,
        attributes: { marketing_opt_out: choice === 'STOP' },
      }),
    );
  }
  return items;
}

function channelOf(scheme: string, context: ParseContext<unknown>): string {
  return shortText(scheme) ?? context.defaults.channel ?? 'sms';
}
