import type { DimensionInfo } from '../../src/contract/api.ts';
import type { Filter } from '../../src/contract/query.ts';
import { formatHour, formatWeekday } from '../format/index.ts';

/** What a value of a dimension is called; '' and null mean that nothing is known. */
export function valueLabel(
  dimension: DimensionInfo | undefined,
  name: string,
  value: string | number | null,
  locale: string,
): string {
  if (value === null || value === '') return 'Unknown';
  const label = dimension?.labels[String(value)];
  if (label !== undefined) return label;
  const number = Number(value);
  if (name === 'weekday' && number >= 1 && number <= 7) return formatWeekday(number, locale, 'long');
  if (name === 'hour_of_day' && number >= 0 && number <= 23) return formatHour(number, locale);
  return String(value);
}

export function dimensionLabel(dimension: DimensionInfo | undefined, name: string): string {
  return dimension?.label ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

/** A filter as a chip says it: ["Channel", "is WhatsApp, SMS"]. More than three values are counted. */
export function filterWords(filter: Filter, dimension: DimensionInfo | undefined, locale: string): [string, string] {
  const labels = filter.values.map((value) => valueLabel(dimension, filter.dimension, value, locale));
  const listed =
    labels.length > 3 ? `${labels.slice(0, 2).join(', ')} and ${labels.length - 2} more` : labels.join(', ');
  const [first = '', second = ''] = labels;
  const words: Record<Filter['op'], string> = {
    in: `is ${listed}`,
    not: `is not ${listed}`,
    eq: `is ${first}`,
    ne: `is not ${first}`,
    has: `contains ${listed}`,
    starts: `starts with ${listed}`,
    gte: `≥ ${first}`,
    lte: `≤ ${first}`,
    between: `${first} – ${second}`,
    null: filter.values.length > 0 ? 'is known' : 'is unknown',
  };
  return [dimensionLabel(dimension, filter.dimension), words[filter.op]];
}

/** All filters in one sentence, for print and for screen readers: "Channel is SMS; Category is not otp". */
export function filterSentence(
  filters: readonly Filter[],
  dimensions: readonly DimensionInfo[],
  locale: string,
): string {
  if (filters.length === 0) return 'No filters';
  return filters
    .map((filter) => {
      const dimension = dimensions.find((one) => one.name === filter.dimension);
      return filterWords(filter, dimension, locale).join(' ');
    })
    .join('; ');
}
