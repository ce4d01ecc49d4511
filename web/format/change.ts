import { formatValue, type NumberStyle } from './numbers.ts';

export interface ChangedColumn extends NumberStyle {
  good?: 'up' | 'down' | 'neutral';
}

export interface Change {
  /** "+8.3%", "−3.2 pp". */
  text: string;
  /** With the second figure, for tables: "+8.3% (+951)", "−3.2 pp (−8.6%)". */
  longText: string;
  direction: 'up' | 'down' | 'flat';
  /** "▲", "▼" or "=": colour never stands alone. */
  glyph: string;
  /** From the metric's `good`. */
  tone: 'good' | 'bad' | 'neutral';
  /** For the accessible name: "down 3.2 points, worse". */
  words: string;
}

/** The change from `previous` to `current`: relative for amounts, percentage points for rates; null where either is missing. */
export function formatChange(
  current: number | null | undefined,
  previous: number | null | undefined,
  column: ChangedColumn,
): Change | null {
  if (typeof current !== 'number' || typeof previous !== 'number') return null;
  if (!Number.isFinite(current) || !Number.isFinite(previous)) return null;
  const { locale } = column;
  const difference = current - previous;
  const relative = previous === 0 ? null : difference / Math.abs(previous);
  const rate = column.format === 'percent' || column.format?.includes('%') === true;
  const absolute = signed(difference, (value) => formatValue(value, column, 'table'));
  const share = relative === null ? null : signed(relative, (value) => percent(value, locale));
  // Rates under 1 % are written with two decimals, and so are their changes.
  const digits = Math.max(Math.abs(current), Math.abs(previous)) < 0.00995 ? 2 : 1;
  const rounded = Math.round(difference * 100 * 10 ** digits) / 10 ** digits;
  const points = signed(rounded, (value) => `${decimal(value, digits, locale)} pp`);
  const flat = rate ? rounded === 0 : Math.abs(relative ?? difference) < 0.0005;
  const direction = flat ? 'flat' : difference > 0 ? 'up' : 'down';
  const tone = toneOf(direction, column.good);
  const text = rate ? points : (share ?? absolute);
  const second = rate ? share : share === null ? null : absolute;
  return {
    text,
    longText: second === null ? text : `${text} (${second})`,
    direction,
    glyph: { up: '▲', down: '▼', flat: '=' }[direction],
    tone,
    words: wordsOf(
      direction,
      tone,
      rate ? `${decimal(Math.abs(rounded), digits, locale)} points` : text.replace(/^[+\u2212]/, ''),
    ),
  };
}

function toneOf(direction: Change['direction'], good: ChangedColumn['good']): Change['tone'] {
  if (direction === 'flat' || good === undefined || good === 'neutral') return 'neutral';
  return direction === good ? 'good' : 'bad';
}

function wordsOf(direction: Change['direction'], tone: Change['tone'], amount: string): string {
  if (direction === 'flat') return 'unchanged';
  const judged = { good: ', better', bad: ', worse', neutral: '' }[tone];
  return `${direction} ${amount}${judged}`;
}

function signed(value: number, format: (value: number) => string): string {
  const text = format(Math.abs(value));
  if (value === 0) return text;
  return `${value > 0 ? '+' : '\u2212'}${text}`;
}

/** One decimal below 100 %, none above: "+8.3%", "+240%". */
function percent(value: number, locale: string): string {
  const digits = Math.abs(value) >= 1 ? 0 : 1;
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

function decimal(value: number, digits: number, locale: string): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}
