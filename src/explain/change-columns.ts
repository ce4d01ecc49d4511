import type { QueryResult, ResultColumn } from '../contract/result.ts';
import type { PlannedChange } from './plan-change.ts';

/** Columns of `contract/result.ts`; what belongs to rates alone is left out of sums. `now` describes the metric and the dimensions. */
export function changeColumns({ metric, kind, dimensions }: PlannedChange, now: QueryResult): ResultColumn[] {
  const { label, format, good, minSample } = metric;
  const measure = now.columns.find((column) => column.name === metric.name);
  const own = (name: string, words: string): ResultColumn => ({ name, label: words, kind: 'metric', format, good });
  const share = (name: string, words: string): ResultColumn => ({
    ...own(name, words),
    format: 'percent',
    good: 'neutral',
  });
  const count = (name: string, words: string): ResultColumn => ({
    ...own(name, words),
    format: 'integer',
    good: 'neutral',
  });
  const rated = kind !== 'sum';
  return [
    { name: 'level', label: 'Level', kind: 'dimension' },
    ...now.columns.filter((column) => dimensions.includes(column.name)),
    { ...own('value', label), ...measure, name: 'value' },
    { ...own('before', 'Before'), min_sample: minSample },
    own('change', 'Change'),
    ...(rated
      ? [
          count('numerator', 'Numerator'),
          count('denominator', 'n'),
          count('numerator_before', 'Numerator before'),
          count('denominator_before', 'n before'),
        ]
      : []),
    share('share', 'Share'),
    share('share_before', 'Share before'),
    ...(rated ? [own('rate_effect', 'Rate effect'), own('mix_effect', 'Mix effect')] : []),
    own('contribution', 'Contribution'),
    ...(kind === 'share'
      ? [own('low', 'Change at least'), own('high', 'Change at most'), count('certain', 'Certain')]
      : []),
    { name: 'state', label: 'State', kind: 'dimension' },
  ];
}
