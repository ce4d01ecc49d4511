/** Number formats of UX 1.5, all through Intl. Rates are fractions (0.342), durations are seconds. */

export interface NumberStyle {
  /** percent | integer | compact | currency | duration | decimal, or an Excel code such as `#,##0.0%`. */
  format?: string;
  /** ISO 4217, for `currency`. */
  currency?: string;
  /** BCP 47. */
  locale: string;
}

export type Place = 'card' | 'table' | 'axis';

/** "No data": there were no rows. Never 0. */
export const NO_DATA = '—';
/** The value has no meaning here, e.g. opens of a phone call. */
export const NOT_APPLICABLE = 'n/a';

const formatters = new Map<string, Intl.NumberFormat>();

function intl(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, options);
    formatters.set(key, formatter);
  }
  return formatter;
}

/** A value as people read it; `null` and what is no number is "—", text stays text. */
export function formatValue(value: number | string | null | undefined, style: NumberStyle, place: Place): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_DATA;
  return withMinus(formatNumber(value === 0 ? 0 : value, style, place));
}

function formatNumber(value: number, style: NumberStyle, place: Place): string {
  const { locale, format = 'integer' } = style;
  switch (format) {
    case 'integer':
      return formatCount(value, locale, place === 'table' ? Number.POSITIVE_INFINITY : 9_999);
    case 'compact':
      return formatCount(value, locale, place === 'table' ? Number.POSITIVE_INFINITY : 999);
    case 'decimal':
      return formatDecimal(value, locale, place);
    case 'percent':
      return formatRate(value, locale, place);
    case 'currency':
      return formatMoney(value, style, place);
    case 'duration':
      return place === 'table' ? clockOf(value) : unitsOf(value, locale);
    default:
      return formatExcel(value, format, locale);
  }
}

function formatCount(value: number, locale: string, fullUpTo: number): string {
  return Math.abs(value) > fullUpTo ? compact(value, locale) : intl(locale, { maximumFractionDigits: 0 }).format(value);
}

function compact(value: number, locale: string, options: Intl.NumberFormatOptions = {}): string {
  return intl(locale, { notation: 'compact', maximumSignificantDigits: 3, ...options }).format(value);
}

function formatDecimal(value: number, locale: string, place: Place): string {
  const size = Math.abs(value);
  if (place !== 'table' && size > 9_999) return compact(value, locale);
  if (size < 1) return intl(locale, smallDigits(size, place === 'table' ? 3 : 2)).format(value);
  return intl(locale, { maximumFractionDigits: place === 'table' ? 2 : 1 }).format(value);
}

/** So many decimals, and one digit at least of what is smaller still. */
function smallDigits(size: number, decimals: number): Intl.NumberFormatOptions {
  return size < 10 ** -decimals ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: decimals };
}

function formatRate(value: number, locale: string, place: Place): string {
  const size = Math.abs(value);
  const percent = (digits: number, minimum = digits) =>
    intl(locale, { style: 'percent', minimumFractionDigits: minimum, maximumFractionDigits: digits });
  if (place === 'axis') return percent(size < 0.01 ? 2 : 1, 0).format(value);
  const smallest = place === 'card' ? 0.001 : 0.0001;
  if (size > 0 && size < smallest) return `<${percent(place === 'card' ? 1 : 2).format(smallest)}`;
  return percent(place === 'table' || (size > 0 && size < 0.00995) ? 2 : 1).format(value);
}

/** Three digits, or one decimal where that is more: 3.6M, 17.8M, 255.8K. */
const MONEY_DIGITS = { maximumFractionDigits: 1, roundingPriority: 'morePrecision' } as const;

/** No decimals above 1,000; amounts below 1 keep their significant digits. */
function formatMoney(value: number, { currency, locale }: NumberStyle, place: Place): string {
  const size = Math.abs(value);
  if (place === 'axis' || !currency) return formatDecimal(value, locale, place);
  const unit = { style: 'currency', currency } as const;
  if (place === 'card' && size > 9_999) return compact(value, locale, { ...unit, ...MONEY_DIGITS });
  if (size >= 1_000) return intl(locale, { ...unit, maximumFractionDigits: 0 }).format(value);
  if (size >= 1 || size === 0) return intl(locale, { ...unit, ...moneyDigits(value) }).format(value);
  return intl(locale, { ...unit, maximumSignificantDigits: place === 'table' ? 4 : 3 }).format(value);
}

function moneyDigits(value: number): Intl.NumberFormatOptions {
  const digits = Number.isInteger(value) ? 0 : 2;
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** "2 m 14 s": two units at most. */
function unitsOf(seconds: number, locale: string): string {
  const whole = Math.round(Math.abs(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2).filter(([amount]) => amount > 0);
  const text = shown.map(([amount, unit]) => `${intl(locale, {}).format(amount)} ${unit}`).join(' ');
  return seconds < 0 && whole > 0 ? `-${text}` : text;
}

/** "00:02:14". */
function clockOf(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const text = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return seconds < 0 && whole > 0 ? `-${text}` : text;
}

/** Grouping, fixed and optional decimals, %, and literal text before and after. */
function formatExcel(value: number, code: string, locale: string): string {
  const [, before = '', digits = '0', after = ''] = /^([^#0]*)([#0,.]+)(.*)$/.exec(code) ?? [];
  const decimals = digits.split('.')[1] ?? '';
  const percent = after.includes('%');
  const places = decimals.replace(/[^0#]/g, '').length;
  const formatter = intl(locale, {
    useGrouping: digits.includes(','),
    minimumFractionDigits: (decimals.match(/0/g) ?? []).length,
    maximumFractionDigits: places,
    ...(percent ? { style: 'percent' } : {}),
  });
  const literal = (text: string) => text.replace(/[%"\\]/g, '');
  const text = formatter.format(value);
  // "0.0" would read as nothing.
  const tiny = value > 0 && text === formatter.format(0);
  const number = tiny ? `<${formatter.format(10 ** -(places + (percent ? 2 : 0)))}` : text;
  return `${literal(before)}${number}${literal(after)}`;
}

function withMinus(text: string): string {
  return text.replace(/(^|[^\d\p{L}])-(?=[^-]*\d)/u, '$1\u2212');
}

/** "1 row", "1,204 rows". */
export function formatRows(rows: number, locale: string): string {
  return `${intl(locale, {}).format(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

/** "1.2 MB"; units of 1,024, as the limits on files are. */
export function formatBytes(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const size = intl(locale, { maximumFractionDigits: step === 0 ? 0 : 1 }).format(bytes / 1024 ** step);
  return `${size} ${units[step]}`;
}
