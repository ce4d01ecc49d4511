import type { ParsedItem } from '../contract/connector.ts';
import type { CanonicalRecord, PersonRef } from '../contract/record.ts';

/** Small builders that all connectors share: they write contract-valid fields without a schema run per event. */

const MAX_RAW = 4000;
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export function counted(record: CanonicalRecord): ParsedItem {
  return { ok: true, record };
}

/**
 * A piece that is kept and shown with its reason (a sentence); `raw` is cut to 4,000 characters. `key`: the record's, where it
 * could be read.
 */
export function poison(reason: string, raw: unknown, key?: string): ParsedItem {
  return { ok: false, reason, raw: showRaw(raw), ...(key === undefined ? {} : { key }) };
}

function showRaw(raw: unknown): string {
  const text = Buffer.isBuffer(raw)
    ? raw.toString('utf8', 0, MAX_RAW * 4)
    : typeof raw === 'string'
      ? raw
      : toJson(raw);
  return (text.length > MAX_RAW ? `${text.slice(0, MAX_RAW)}…` : text).toWellFormed();
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** A non-empty text of a payload, made well-formed, trimmed and cut to `max` characters; numbers are written out; undefined for all else. */
export function shortText(value: unknown, max = 200): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = cut(value, max).trim();
  return text === '' ? undefined : text;
}

function cut(value: string, max: number): string {
  const text = value.length > max ? value.slice(0, max) : value;
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** An id of a payload exactly as sent: never cut, because half an id is another id. */
export function idText(value: unknown, max = 300): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= max && text.isWellFormed() ? text : undefined;
}

/** An id that is one word: never blank, nothing around it. */
export function wordText(value: unknown, max = 200): string | undefined {
  const text = idText(value, max);
  return text === undefined || /\s/.test(text) ? undefined : text;
}

/** Unix seconds (number or digits) → ISO instant. */
export function instantFromUnixSeconds(value: unknown): string | undefined {
  if (typeof value === 'string' && !/^\d{1,12}(\.\d{1,9})?$/.test(value)) return undefined;
  const seconds = typeof value === 'string' ? Number(value) : value;
  if (typeof seconds !== 'number') return undefined;
  return instantFromMillis(Math.round(seconds * 1000));
}

/** UTC milliseconds → ISO instant; undefined outside of the years 1970 to 9999. */
export function instantFromMillis(milliseconds: number): string | undefined {
  if (!(milliseconds >= 0 && milliseconds <= LAST_INSTANT)) return undefined;
  return new Date(milliseconds).toISOString();
}

/** A phone reference from digits as WhatsApp sends them (no `+`). */
export function phoneFromDigits(value: unknown): string | undefined {
  const text = idText(value, 30);
  return text !== undefined && /^\d{5,15}$/.test(text) ? `+${text}` : undefined;
}

/** `{external_id}` of an account name, or undefined. */
export function accountRef(name: string | undefined): PersonRef | undefined {
  return name === undefined ? undefined : { external_id: name };
}

/** Sets a key only where there is a value: optional fields are absent, never undefined. */
export function setIfKnown<T extends object, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) target[key] = value as T[K];
}
