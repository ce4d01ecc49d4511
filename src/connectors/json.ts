import { isUtf8 } from 'node:buffer';

/** Bodies nested deeper than this are refused; the services' own stay below 12. */
export const MAX_JSON_DEPTH = 64;

export type ParsedJson = { ok: true; value: unknown } | { ok: false; reason: string };

/** Bytes → text: UTF-8 with or without a byte order mark; undefined where the bytes are not UTF-8. */
export function decodeText(body: Buffer): string | undefined {
  if (!isUtf8(body)) return undefined;
  const text = body.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/**
 * JSON text → value. Integers of more than 15 digits come back as strings, because a number could not hold them (ids of
 * services exceed 2^53). `reason` is a sentence.
 */
export function parseJson(text: string): ParsedJson {
  const scan = scanJson(text);
  if (scan.tooDeep) return { ok: false, reason: `The JSON is nested deeper than ${MAX_JSON_DEPTH} levels.` };
  try {
    return { ok: true, value: JSON.parse(scan.text) };
  } catch {
    return { ok: false, reason: 'This is not valid JSON.' };
  }
}

/** Body → value; see `parseJson`. */
export function parseJsonBody(body: Buffer): ParsedJson {
  const text = decodeText(body);
  if (text === undefined) return { ok: false, reason: 'The body is not UTF-8 text.' };
  if (text.trim() === '') return { ok: false, reason: 'The body is empty.' };
  return parseJson(text);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** One pass over the text outside of its strings: measures the depth and puts quotes round long integers. */
function scanJson(text: string): { text: string; tooDeep: boolean } {
  let depth = 0;
  let copied = 0;
  let quoted = '';
  let at = 0;
  const length = text.length;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at + 1);
    } else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > MAX_JSON_DEPTH) return { text, tooDeep: true };
      at++;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
      at++;
    } else if (code === 0x2d || isDigit(code)) {
      const end = endOfNumber(text, at + 1);
      const digits = end - at - (code === 0x2d ? 1 : 0);
      if (digits > 15) {
        const token = text.slice(at, end);
        if (/^-?[1-9]\d+$/.test(token)) {
          quoted += `${text.slice(copied, at)}"${token}"`;
          copied = end;
        }
      }
      at = end;
    } else {
      at++;
    }
  }
  return { text: copied === 0 ? text : quoted + text.slice(copied), tooDeep: false };
}

/** Position after the closing quote of a string whose content starts at `from`. */
function endOfString(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote !== -1) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH && quote - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

function endOfNumber(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const partOfNumber =
      isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === 0x2d;
    if (!partOfNumber) break;
  }
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
