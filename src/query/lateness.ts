import type { ResultMeta } from '../contract/result.ts';
import { formatInstant } from './format-instant.ts';

/** A sentence per source that owes something; times are local to the zone. */
export function describeLateness(late: NonNullable<ResultMeta['late']>, zone: string): string[] {
  return late.map(({ label, complete_through: through }) =>
    through === null
      ? `${label} is late: nothing of it is complete yet.`
      : `${label} is late: complete only to ${formatInstant(Date.parse(through), zone).slice(0, 16).replace('T', ' ')}.`,
  );
}
