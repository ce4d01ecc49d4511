import type { Touch, TouchCount } from '../contract/source-groups.ts';
import type { SourceField } from '../contract/words.ts';
import { commas, comment, identifier, number, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from './compile/row-source.ts';
import type { RunStatement } from './query-context.ts';

/** Reads how people who registered came. */
export interface SourceTouches {
  /** Distinct ways of coming by some fields, the commonest first. `whole` is false where there are more than can be looked at. */
  touches(fields: readonly SourceField[], signal: AbortSignal): Promise<{ touches: TouchCount[]; whole: boolean }>;
  /** Registrations by group, as they are counted now. */
  groups(signal: AbortSignal): Promise<{ group: string; registrations: number }[]>;
}

const MOST_TOUCHES = 200_000;

const COLUMNS: Record<SourceField, string> = {
  source: 'utm_source',
  medium: 'utm_medium',
  campaign: 'utm_campaign',
  content: 'utm_content',
  term: 'utm_term',
  referrer: 'referrer',
};

export function createSourceTouches(run: RunStatement): SourceTouches {
  return {
    async touches(fields, signal) {
      const columns = fields.map((field) => identifier(COLUMNS[field]));
      const { rows } = await run(
        renderSql(sql`${comment('distinct ways in which people came')}SELECT ${commas(columns)}, count() AS registrations
FROM ${tableName('participations')} FINAL
WHERE registered = 1
GROUP BY ${commas(columns)}
ORDER BY registrations DESC, ${commas(columns)}
LIMIT ${number(MOST_TOUCHES + 1)}`),
        { signal },
      );
      const touches = rows.slice(0, MOST_TOUCHES).map((row) => ({
        touch: touchOf(row, fields),
        registrations: Number(row['registrations']),
      }));
      return { touches, whole: rows.length <= MOST_TOUCHES };
    },
    async groups(signal) {
      const { rows } = await run(
        renderSql(sql`${comment('registrations by source group')}SELECT source_group, count() AS registrations
FROM ${tableName('participations')} FINAL
WHERE registered = 1
GROUP BY source_group
ORDER BY registrations DESC, source_group`),
        { signal },
      );
      return rows.map((row) => ({ group: String(row['source_group']), registrations: Number(row['registrations']) }));
    },
  };
}

/** Without what is not known. */
function touchOf(row: Record<string, unknown>, fields: readonly SourceField[]): Touch {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = String(row[COLUMNS[field]] ?? '');
      return value === '' ? [] : [[field, value]];
    }),
  );
}
