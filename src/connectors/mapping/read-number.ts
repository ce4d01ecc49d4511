import type { ValueFormat } from '../../contract/mapping.ts';

export type Decimal = NonNullable<ValueFormat['decimal']>;

const SPACES = /[\s\u00a0\u2007\u2009\u202f'’]/g;
const CURRENCY =
  /[$€£¥₽₴₸₹₺₩₪฿₫₦₱₲]|\b(?:USD|EUR|GBP|CHF|RUB|UAH|KZT|PLN|CZK|INR|IDR|BRL|MXN|руб\.?|р\.)(?![a-zа-я])/gi;
const PLAIN = /^-?\d+(?:\.\d+)?$/;
const NUMBERS: Record<Decimal, RegExp> = {
  '.': /^(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d*)?$|^\.\d+$/,
  ',': /^(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d*)?$|^,\d+$/,
};

/**
 * A number as people write it: with spaces or points between thousands, a currency sign, a minus behind or brackets around.
 * `12 %` is 0.12, as a spreadsheet stores it. Undefined for anything else.
 */
export function readNumber(raw: string, decimal: Decimal): number | undefined {
  if (decimal === '.' && PLAIN.test(raw)) return finite(Number(raw));
  let text = raw.replace(CURRENCY, '').replace(SPACES, '').replace('−', '-');
  let sign = 1;
  if (text.startsWith('(') && text.endsWith(')')) {
    sign = -1;
    text = text.slice(1, -1);
  } else if (text.startsWith('-') || text.endsWith('-')) {
    sign = -1;
    text = text.startsWith('-') ? text.slice(1) : text.slice(0, -1);
  } else if (text.startsWith('+')) text = text.slice(1);
  let scale = 1;
  if (text.endsWith('%')) {
    scale = 100;
    text = text.slice(0, -1);
  }
  if (/^\d+(?:[.,]\d+)?e[+-]?\d{1,3}$/i.test(text)) return finite((sign * Number(text.replace(',', '.'))) / scale);
  if (!NUMBERS[decimal].test(text)) return undefined;
  const digits = decimal === '.' ? text.replaceAll(',', '') : text.replaceAll('.', '').replace(',', '.');
  return finite((sign * Number(digits)) / scale);
}

/** True for a number that only a reader with a decimal comma understands: `56,6`, `1.234,5`. */
export function hasDecimalComma(raw: string): boolean {
  return readNumber(raw, ',') !== undefined && readNumber(raw, '.') === undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
