import type { PersonRef } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { isObject } from './json.ts';
import { accountRef, idText, phoneFromDigits, setIfKnown } from './parsed-item.ts';

/** What the statuses and messages of one notification have in common. */
export interface Business {
  phoneNumberId: string;
  /** The declared account; else the business number, which a `person` record of the account may carry. */
  account: PersonRef | undefined;
  contacts: readonly Record<string, unknown>[];
}

export function parseBusiness(value: Record<string, unknown>, defaults: SourceDefaults): Business {
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const number = phoneFromDigits(metadata['display_phone_number']);
  return {
    phoneNumberId: idText(metadata['phone_number_id'], 60) ?? '',
    account: accountRef(defaults.account) ?? (number === undefined ? undefined : { phone: number }),
    contacts: Array.isArray(value['contacts']) ? value['contacts'].filter(isObject) : [],
  };
}

/**
 * The person behind a phone (digits) and/or a business-scoped user id. What stands beside the status decides; only where
 * it names nobody do the notification's contacts, because a retry may be batched with other contacts and must read the same.
 */
export function personOf(waId: unknown, userId: unknown, contacts: Business['contacts']): PersonRef | undefined {
  const named = refOf(waId, userId);
  if (named !== undefined || contacts.length !== 1) return named;
  return refOf(contacts[0]?.['wa_id'], contacts[0]?.['user_id']);
}

function refOf(waId: unknown, userId: unknown): PersonRef | undefined {
  const phone = phoneFromDigits(waId);
  const id = idText(userId, 190);
  if (phone === undefined && id === undefined) return undefined;
  const person: PersonRef = {};
  setIfKnown(person, 'phone', phone);
  setIfKnown(person, 'external_id', id === undefined ? undefined : `wa:${id}`);
  return person;
}
