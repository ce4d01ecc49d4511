import { domainToASCII } from 'node:url';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** One canonical form for every way in which a person's e-mail address, phone number or id is written. */

export interface Phone {
  /** E.164. */
  number: string;
  /** ISO 3166 alpha-2, '' where the number does not say. */
  country: string;
}

const INVISIBLE = /[\s\u00a0\u200b-\u200d\u2060\ufeff]+/gu;
const PLAIN_EMAIL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9-]+\.)+[a-z0-9-]+$/;

/** The canonical form of an e-mail address; undefined where it is none. Tags and dots stay: they may be other people. */
export function normaliseEmail(raw: string): string | undefined {
  if (raw.length <= 254 && PLAIN_EMAIL.test(raw) && raw.indexOf('@') <= 64) return raw;
  const unwrapped = /<([^<>]*)>/.exec(raw)?.[1] ?? raw;
  const text = unwrapped
    .normalize('NFKC')
    .replace(INVISIBLE, ' ')
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/[.,;]+$/, '')
    .trim();
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0)).toLowerCase();
  const domain = domainToASCII(text.slice(at + 1).toLowerCase());
  if (local.length < 1 || local.length > 64 || /[\s@]/.test(local)) return undefined;
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)) return undefined;
  const email = `${local}@${domain}`;
  return email.length <= 254 ? email : undefined;
}

const ASCII = /^[ -~]*$/;
const DIGIT_ZEROS = [0x0660, 0x06f0, 0x0966, 0xff10];
const EXTENSION = /(?:\s*;ext=|\s*,?\s*(?:ext\.?|extension|x)\s*)\d{1,7}$/i;

/**
 * The E.164 form of a phone number; undefined where it is none.
 * @param defaultCountry ISO 3166 alpha-2 for numbers that are written without a country code
 */
export function normalisePhone(raw: string, defaultCountry?: string): Phone | undefined {
  let text = (ASCII.test(raw) ? raw : asciiDigits(raw.normalize('NFKC')).replace(INVISIBLE, ' ')).trim();
  const scheme = /^(whatsapp|tel|sms):/i.exec(text);
  if (scheme) text = text.slice(scheme[0].length).trim();
  text = text.replace(EXTENSION, '').replace(/^00/, '+');
  if (!/^\+?[\d\s().\-/]+$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '');
  if (text.startsWith('+')) return international(digits);
  const national = defaultCountry ? withinCountry(text, defaultCountry) : undefined;
  if (national) return national;
  // Services such as WhatsApp write E.164 without its plus sign.
  return /^\d{10,15}$/.test(text) ? international(digits, true) : undefined;
}

function withinCountry(text: string, country: string): Phone | undefined {
  const code = country.toUpperCase();
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: code as 'ID' });
  return parsed?.isValid() ? describePhone(parsed.number, parsed.country) : undefined;
}

function international(digits: string, mustBeValid = false): Phone | undefined {
  const parsed = parsePhoneNumberFromString(`+${withoutAlias(digits)}`);
  if (!parsed || !(mustBeValid ? parsed.isValid() : parsed.isPossible())) return undefined;
  return describePhone(parsed.number, parsed.country);
}

/** WhatsApp keeps Mexico's old mobile 1 and Brazil's mobile numbers without the ninth digit: the same subscribers. */
function withoutAlias(digits: string): string {
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`;
  if (/^55\d{2}[6-9]\d{7}$/.test(digits)) return `${digits.slice(0, 4)}9${digits.slice(4)}`;
  return digits;
}

const countriesByCode = new Map<string, string>();
for (const [country, code] of getCountries().map((name) => [name, getCountryCallingCode(name)] as const)) {
  countriesByCode.set(code, countriesByCode.has(code) ? '' : country);
}

function describePhone(number: string, country: string | undefined): Phone {
  if (country) return { number, country };
  for (const length of [1, 2, 3]) {
    const only = countriesByCode.get(number.slice(1, 1 + length));
    if (only) return { number, country: only };
  }
  return { number, country: '' };
}

function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const zero = DIGIT_ZEROS.find((start) => code >= start && code < start + 10);
    return zero === undefined ? digit : String(code - zero);
  });
}

/** Ids are opaque: only white space around them goes. */
export function normaliseExternalId(raw: string): string | undefined {
  const value = raw.normalize('NFC').trim();
  return value === '' ? undefined : value;
}
