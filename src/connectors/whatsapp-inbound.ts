import type { ParsedItem } from '../contract/connector.ts';
import type { MessageEvent, MessageStatus, PersonRef, RecordOf } from '../contract/record.ts';
import { isObject } from './json.ts';
import { isOptOut } from './opt-out-words.ts';
import { counted, idText, instantFromUnixSeconds, poison, setIfKnown } from './parsed-item.ts';
import { type Business, personOf } from './whatsapp-value.ts';

/**
 * One element of `messages[]`. It counts where it answers a message of ours (`context.id`, or the message a reaction stands
 * on). A message out of the blue belongs to none of ours and counts nowhere; as an opt-out it still marks the person.
 */
export function parseInboundMessage(raw: unknown, business: Business): ParsedItem[] {
  if (!isObject(raw)) return [poison('An inbound message is not an object.', raw)];
  const id = idText(raw['id'], 200);
  const at = instantFromUnixSeconds(raw['timestamp']);
  if (id === undefined) return [poison('An inbound message has no "id".', raw)];
  if (at === undefined) return [poison('An inbound message has no time: "timestamp" must be Unix seconds.', raw)];

  const person = personOf(raw['from'], raw['from_user_id'], business.contacts);
  const optsOut = saysStop(raw);
  const answered = answeredMessage(raw);
  if (answered === undefined) {
    return optsOut && person !== undefined ? [marketingChoice(`${id}|opt_out`, person, at, true)] : [];
  }
  const statuses: MessageStatus[] = ['replied'];
  if (raw['type'] === 'button' || raw['type'] === 'interactive') statuses.push('clicked');
  if (optsOut) statuses.push('unsubscribed');
  return statuses.map((status) => {
    const record: MessageEvent = {
      record: 'message_event',
      key: `${business.phoneNumberId}|${answered}|${status}|${id}`,
      message_id: answered,
      channel: 'whatsapp',
      status,
      at,
    };
    setIfKnown(record, 'account', business.account);
    setIfKnown(record, 'recipient', person);
    return counted(record);
  });
}

/** One element of `user_preferences[]`: no message is named, so it is a fact about the person. */
export function parsePreference(raw: unknown, business: Business): ParsedItem[] {
  if (!isObject(raw)) return [poison('A user preference is not an object.', raw)];
  if (raw['category'] !== 'marketing_messages' || (raw['value'] !== 'stop' && raw['value'] !== 'resume')) return [];
  const person = personOf(raw['wa_id'], raw['user_id'], business.contacts);
  const at = instantFromUnixSeconds(raw['timestamp']);
  if (person === undefined) return [poison('A user preference names nobody: "wa_id" and "user_id" are missing.', raw)];
  if (at === undefined) return [poison('A user preference has no time: "timestamp" must be Unix seconds.', raw)];
  const who = person.phone ?? person.external_id ?? '';
  return [
    marketingChoice(
      `${business.phoneNumberId}|preference|${who}|${raw['value']}|${at}`,
      person,
      at,
      raw['value'] === 'stop',
    ),
  ];
}

function marketingChoice(key: string, person: PersonRef, at: string, optedOut: boolean): ParsedItem {
  const record: RecordOf<'person'> = {
    record: 'person',
    key,
    observed_at: at,
    kind: 'contact',
    attributes: { marketing_opt_out: optedOut },
  };
  setIfKnown(record, 'phone', person.phone);
  setIfKnown(record, 'external_id', person.external_id);
  return counted(record);
}

/** The message of ours that this one answers; an answer to the person's own message is none. */
function answeredMessage(raw: Record<string, unknown>): string | undefined {
  if (raw['type'] === 'reaction') {
    const reaction = isObject(raw['reaction']) ? raw['reaction'] : {};
    const withdrawn = reaction['emoji'] === undefined || reaction['emoji'] === '';
    return withdrawn ? undefined : idText(reaction['message_id'], 200);
  }
  const context = raw['context'];
  if (!isObject(context)) return undefined;
  const ownMessage = context['from'] !== undefined && context['from'] === raw['from'];
  return ownMessage ? undefined : idText(context['id'], 200);
}

function saysStop(raw: Record<string, unknown>): boolean {
  const text = isObject(raw['text']) ? raw['text']['body'] : undefined;
  const button = isObject(raw['button']) ? raw['button']['text'] : undefined;
  return isOptOut(text) || isOptOut(button);
}
