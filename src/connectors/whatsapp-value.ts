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
 * The person behind a phone (digits) and/or a business-scoped user id. The notification's contacts fill in whichever is
 * missing, so that a phone and an id that belong together are known to belong together.
 */
export function personOf(waId: unknown, userId: unknown, contacts: Business['contacts']): PersonRef | undefined {
  const contact = contacts.find(
    (candidate) =>
      (waId !== undefined && candidate['wa_id'] === waId) || (userId !== undefined && candidate['user_id'] === userId),
  );
  const phone = phoneFromDigits(waId) ?? phoneFromDigits(contact?.['wa_id']);
  const id = idText(userId, 190) ?? idText(contact?.['user_id'], 190);
  if (phone === undefined && id === undefined) return undefined;
  const person: PersonRef = {};
  setIfKnown(person, 'phone', phone);
  setIfKnown(person, 'external_id', id === undefined ? undefined : `wa:${id}`);
  return person;
}
