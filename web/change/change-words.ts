import type { QueryResult, ResultColumn } from '../../src/contract/result.ts';
import { numberOf } from '../charts/series.ts';
import { NO_DATA } from '../format/index.ts';
import { isRate } from '../pivot/pivot-table.ts';
import type { Formats } from '../tile/formats.ts';
import type { ChangeNode } from './change-tree.ts';

/** Numbers of one change as words: points of a rate, amounts of a sum, all with the same decimals. */
export interface ChangeWords {
  metric: ResultColumn;
  /** "points" for rates; empty for amounts. */
  unit: string;
  /** `+0.1`, `−4.2`, `0.0`; "no data" for nothing. */
  signed(value: number | null): string;
  /** Points of a share, whatever the metric is. */
  points(value: number | null): string;
  /** `−6.2 to −2.0` */
  between(low: number | null, high: number | null): string;
}

const MINUS = '\u2212';

export function changeWords(result: QueryResult, formats: Formats): ChangeWords | null {
  const metric = result.columns.find(({ name }) => name === 'value');
  if (!metric) return null;
  const rate = isRate(metric.format);
  const largest = Math.max(0, ...result.rows.map((row) => Math.abs(numberOf(row['contribution']) ?? 0)));
  // Changes of less than a point are written with two decimals.
  const digits = largest < 0.00995 ? 2 : 1;
  const decimal = new Intl.NumberFormat(formats.locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const asPoints = (value: number): string => withSign(value, decimal.format(Math.abs(value * 100)), decimal.format(0));
  const asAmount = (value: number): string =>
    withSign(value, formats.value(Math.abs(value), metric, 'table'), formats.value(0, metric, 'table'));
  const say = rate ? asPoints : asAmount;
  const signed = (value: number | null): string => (value === null ? NO_DATA : say(value));
  return {
    metric,
    unit: rate ? 'points' : '',
    signed,
    points: (value) => (value === null ? NO_DATA : asPoints(value)),
    between: (low, high) => (low === null || high === null ? '' : `${say(low)} to ${say(high)}`),
  };
}

function withSign(value: number, text: string, zero: string): string {
  if (text === zero) return text;
  return `${value > 0 ? '+' : MINUS}${text}`;
}

/** One segment explains at least this share of a change before it is named as the reason. */
const NAMED = 0.4;

/** The change in plain words, and what explains most of it. */
export function changeSentence(
  result: QueryResult,
  nodes: readonly ChangeNode[],
  words: ChangeWords,
  formats: Formats,
): string {
  const { totals } = result;
  const { metric } = words;
  const [now, before, change] = ['value', 'before', 'change'].map((key) => numberOf(totals?.[key]));
  const say = (value: number | null | undefined): string => formats.value(value ?? null, metric, 'table');
  if (now == null || before == null || change == null)
    return `${metric.label} ${now == null ? 'has no data in this period' : `is ${say(now)}; there is nothing before to compare with`}.`;
  const size = words.signed(change).replace(/^[+\u2212]/, '');
  if (!/[1-9]/.test(size)) return `${metric.label} stayed at ${say(now)}.`;
  const moved = change > 0 ? 'rose' : 'fell';
  const parts = [
    `${metric.label} ${moved} ${words.unit === '' ? `by ${size}` : `${size} ${words.unit}`}, from ${say(before)} to ${say(now)}`,
  ];
  const rateEffect = numberOf(totals?.['rate_effect']);
  const mixEffect = numberOf(totals?.['mix_effect']);
  if (rateEffect !== null && mixEffect !== null)
    parts.push(`: ${words.signed(rateEffect)} from changed rates, ${words.signed(mixEffect)} from the mix`);
  const named = reason(nodes, change, words, formats);
  if (named) parts.push(`; ${named}`);
  const chance = totals?.['certain'] === 0 ? ' Chance alone could make such a change.' : '';
  return `${parts.join('')}.${chance}`;
}

function reason(
  nodes: readonly ChangeNode[],
  change: number,
  words: ChangeWords,
  formats: Formats,
): string | undefined {
  const [first] = nodes
    .filter(({ level, state }) => level === 1 && state !== 'other')
    .map((node) => ({ node, contribution: numberOf(node.row['contribution']) ?? 0 }))
    .filter(({ contribution }) => contribution * change > 0)
    .toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  if (!first) return undefined;
  const share = first.contribution / change;
  if (share < NAMED)
    return `spread out: no segment explains more than ${formats.value(share, { format: 'percent' }, 'axis')} of it`;
  const explains = `explains ${words.signed(first.contribution)}`;
  const came = { new: ' is new and', gone: ' is gone and', other: '', '': '' }[first.node.state];
  return `${first.node.label}${came} ${explains}`;
}
