import type { DimensionInfo, RollupInfo } from '../../src/contract/api.ts';
import { formatDay, formatValue } from '../format/index.ts';
import type { StateLook } from '../theme/state-look.ts';

/** How a roll-up is doing, in words. Pure. */

export interface RollupLook extends StateLook {
  /** What it means for the numbers; empty while all is as it should be. */
  detail: string;
  /** 0 to 1 while it is being built, else null. */
  progress: number | null;
}

export function rollupLook(rollup: RollupInfo, locale: string): RollupLook {
  switch (rollup.state) {
    case 'current':
      return { tone: 'good', word: 'current', detail: '', progress: null };
    case 'catching_up':
      return {
        tone: 'warn',
        word: 'catching up',
        detail: `${hoursWords(rollup.pending_hours, locale)} of it ${rollup.pending_hours === 1 ? 'is' : 'are'} read from the records until then.`,
        progress: null,
      };
    case 'building':
      return {
        tone: 'warn',
        word: `being built, ${formatValue(Math.floor(rollup.built * 100) / 100, { format: '0%', locale }, 'table')}`,
        detail:
          rollup.built_from === null
            ? 'Pages read the records until then.'
            : `Kept from ${formatDay(rollup.built_from, locale)} on; pages read the records of what is older.`,
        progress: rollup.built,
      };
    case 'unavailable':
      return {
        tone: 'bad',
        word: 'not available',
        detail: 'Its state cannot be read. Nothing is lost: it can always be computed anew from the records.',
        progress: null,
      };
  }
}

/** "1 hour", "1,204 hours". */
export function hoursWords(hours: number, locale: string): string {
  return `${formatValue(hours, { locale }, 'table')} ${hours === 1 ? 'hour' : 'hours'}`;
}

export interface RollupTotals {
  rows: number;
  bytes: number;
  pendingHours: number;
  /** When the oldest waiting hour began to wait. */
  pendingSince: string | null;
}

export function rollupTotals(rollups: readonly RollupInfo[]): RollupTotals {
  const tables = rollups.flatMap((rollup) => [...rollup.tables, ...rollup.indexes]);
  return {
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    bytes: tables.reduce((sum, table) => sum + table.bytes, 0),
    pendingHours: rollups.reduce((sum, rollup) => sum + rollup.pending_hours, 0),
    pendingSince:
      rollups
        .flatMap(({ pending_since }) => pending_since ?? [])
        .sort((a, b) => Date.parse(a) - Date.parse(b))
        .at(0) ?? null,
  };
}

/** "everything together", "Channel × Category". */
export function setWords(dimensions: readonly string[], known: readonly DimensionInfo[]): string {
  if (dimensions.length === 0) return 'everything together';
  return dimensions.map((name) => known.find((one) => one.name === name)?.label ?? name).join(' × ');
}

export interface RollupSetRow {
  dimensions: string[];
  hour: boolean;
  day: boolean;
  /** How many numbers are kept of each bucket, at most over the grains. */
  measures: number;
}

/** One row per set of dimensions, those with the fewest first; a set that is declared once per grain is one row. */
export function setRows(rollup: RollupInfo): RollupSetRow[] {
  const byNames = Map.groupBy(rollup.sets, ({ dimensions }) => dimensions.join());
  return [...byNames.values()]
    .map((sets) => ({
      dimensions: sets[0]?.dimensions ?? [],
      hour: sets.some(({ grains }) => grains.includes('hour')),
      day: sets.some(({ grains }) => grains.includes('day')),
      measures: Math.max(...sets.map(({ measures }) => measures)),
    }))
    .sort((a, b) => a.dimensions.length - b.dimensions.length);
}
