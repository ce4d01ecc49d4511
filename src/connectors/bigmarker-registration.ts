import type { ParsedItem } from '../contract/connector.ts';
import type { PersonRef, RecordOf } from '../contract/record.ts';
import type { BigMarkerRow } from './bigmarker-api.ts';
import { presentersOf, webinarIdOf, whyNoTime, zoneOf } from './bigmarker-conference.ts';
import type { Conference } from './bigmarker-fields.ts';
import type { BigMarkerSettings } from './bigmarker-settings.ts';
import { isObject } from './json.ts';
import { counted, poison, setIfKnown, shortText, wordText } from './parsed-item.ts';
import { type UtmFields, unpackSource, utmOfForm } from './utm-fields.ts';
import { readInstant } from './webinar-time.ts';

/** `source` where it says how the sign-up was made, and nothing of where the person came from. */
const NO_SOURCE =
  /^(?:register widget|registration (?:modal|widget|page|form)|match_registration_field|embed(?:ded)? form)$/i;
const PHONE_FIELD = /phone|mobile|whats\s?app|handy|telef|^tel\b/i;

/** Undefined for a presenter. */
export function registrationItem(
  row: BigMarkerRow,
  conference: Conference,
  settings: BigMarkerSettings,
): ParsedItem | undefined {
  if (isPresenter(row, presentersOf(conference))) return undefined;
  const conferenceId = wordText(conference['id']);
  const webinar = webinarIdOf(conference, settings);
  const row_id = wordText(row['id'], 150) ?? bmidOf(row) ?? emailOf(row)?.toLowerCase();
  const person = personOf(row);
  if (conferenceId === undefined || webinar === undefined)
    return poison('The page does not say which webinar this registration is for.', row);
  if (row_id === undefined || person === undefined)
    return poison('This registration says neither who it is (e-mail, custom_user_id, bmid) nor has it an id.', row);
  const key = `registration:${conferenceId}:${row_id}`;
  const zone = zoneOf(conference, settings);
  const time = row['registered_at'] ?? row['registration_date'] ?? row['created_at'];
  const registered_at = readInstant(time, zone);
  if (registered_at === undefined) return poison(whyNoTime('registered_at', time, conference, settings), row, key);
  const record: RecordOf<'registration'> = { record: 'registration', key, webinar_id: webinar, person, registered_at };
  setIfKnown(record, 'registrant_id', bmidOf(row));
  Object.assign(record, utmOf(row));
  setIfKnown(record, 'referrer', shortText(row['referral_domain'], 2_000));
  setIfKnown(record, 'cancelled_at', cancelledAt(row, zone, registered_at));
  return counted(record);
}

/** Fields of the registration form: a list of objects, or an object. */
function customFields(row: BigMarkerRow): [string, string][] {
  const fields = row['custom_fields'];
  if (Array.isArray(fields)) {
    return fields.filter(isObject).flatMap((field): [string, string][] => {
      const names = [field['id'], field['name'], field['field'], field['label']];
      const value = shortText(field['value'] ?? field['answer'], 2_000);
      return value === undefined ? [] : names.flatMap((name) => shortText(name) ?? []).map((name) => [name, value]);
    });
  }
  if (!isObject(fields)) return [];
  return Object.entries(fields).flatMap(([name, value]): [string, string][] => {
    const text = shortText(value, 2_000);
    return text === undefined ? [] : [[name, text]];
  });
}

/** Hidden fields of the form say most, then the tracking code, then what BigMarker calls the source. */
function utmOf(row: BigMarkerRow): UtmFields {
  const form = utmOfForm([...customFields(row), ...plainUtm(row)]);
  if (form.utm_source !== undefined) return form;
  const code = shortText(row['tracking_code'], 2_000);
  if (code !== undefined) return { ...unpackSource(code), ...form };
  const source = shortText(row['source'] ?? row['traffic_source'], 2_000);
  return source === undefined || NO_SOURCE.test(source) ? form : { ...form, utm_source: source };
}

function plainUtm(row: BigMarkerRow): [string, string][] {
  return Object.entries(row).flatMap(([name, value]): [string, string][] =>
    name.startsWith('utm_') && typeof value === 'string' ? [[name, value]] : [],
  );
}

/** A cancellation without a time counts from the registration on: it was before the start as far as anybody knows. */
function cancelledAt(row: BigMarkerRow, zone: string | undefined, registeredAt: string): string | undefined {
  const at = readInstant(row['cancelled_at'] ?? row['canceled_at'] ?? row['unregistered_at'], zone);
  if (at !== undefined) return at;
  const said = ['status', 'registration_status'].map((name) => String(row[name] ?? ''));
  const flags = ['cancelled', 'canceled', 'unregistered', 'banned'].map((name) => String(row[name] ?? ''));
  const cancelled = said.some((text) => /^(?:cancell?ed|unregistered|denied|rejected)$/i.test(text));
  return cancelled || flags.some((text) => /^(?:true|yes|1)$/i.test(text)) ? registeredAt : undefined;
}

export function bmidOf(row: BigMarkerRow): string | undefined {
  return wordText(row['bmid'] ?? row['BMID'], 150);
}

export function emailOf(row: BigMarkerRow): string | undefined {
  return shortText(row['email'] ?? row['user_email'] ?? row['Email'], 320);
}

/** Who a row is about: as the service says it, a number of the service's own where it says nothing else. */
export function personOf(row: BigMarkerRow): PersonRef | undefined {
  const person: PersonRef = {};
  setIfKnown(person, 'email', emailOf(row));
  const phone = customFields(row).find(([name]) => PHONE_FIELD.test(name))?.[1] ?? row['phone'];
  setIfKnown(person, 'phone', shortText(phone, 40));
  setIfKnown(person, 'external_id', shortText(row['custom_user_id'], 200));
  if (Object.keys(person).length > 0) return person;
  const bmid = bmidOf(row);
  return bmid === undefined ? undefined : { external_id: `bigmarker:${bmid}` };
}

export function isPresenter(row: BigMarkerRow, presenters: ReadonlySet<string>): boolean {
  if (/^(?:presenter|host|organi[sz]er|moderator|panelist|admin)$/i.test(String(row['role'] ?? row['user_type'] ?? '')))
    return true;
  const ids = [bmidOf(row), emailOf(row), wordText(row['member_id']), wordText(row['presenter_id'])];
  return ids.some((id) => id !== undefined && presenters.has(id.toLowerCase()));
}
