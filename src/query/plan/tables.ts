import type { Dataset, Rollup } from '../../model/checked.ts';
import { entityOf } from '../../model/rollups.ts';
import type { IndexedRows } from '../compile/indexed-rows.ts';
import { type Choice, lengthOf } from './choose-rollup.ts';
import type { Pieces } from './pieces.ts';

export function describeTables(datasets: readonly Dataset[]): string {
  const tables = datasets.flatMap((dataset) => dataset.branches.map((branch) => branch.shown));
  return `raw facts: ${[...new Set(tables)].join(', ')}`;
}

/** What a statement reads, for people: `raw facts: messages (no roll-up has failure_reason)`, `roll-up messages by channel, days`. */
export function describeChoice(choice: Choice, dataset: Dataset): string {
  if (choice.kind === 'facts')
    return `${describeTables([dataset])}${choice.reason === undefined ? '' : ` (${choice.reason})`}`;
  const { rollup, levels, pieces } = choice.source;
  const grains = [
    ...(pieces.days === undefined || levels.day === undefined ? [] : ['days']),
    ...(pieces.hours.length === 0 ? [] : ['hours']),
  ];
  const keys = (levels.day ?? levels.hour)?.set.keys ?? [];
  const by = keys.length === 0 ? '' : ` by ${keys.map((key) => nameOf(key, rollup)).join(', ')}`;
  return `roll-up ${dataset.name}${by}, ${grains.join(' and ')}${describeFacts(pieces)}`;
}

/** `index of transactions by account + facts of 2 hours` */
export function describeIndexed({ rollup, index, pieces }: IndexedRows): string {
  const { dataset } = rollup;
  return `index of ${dataset.name} by ${entityOf(index.entity, dataset)}${describeFacts(pieces)}`;
}

const nameOf = (column: string, { dataset }: Rollup): string =>
  [...dataset.dimensions].find(([, own]) => own === column)?.[0] ?? column;

function describeFacts({ facts }: Pieces): string {
  const bounded = facts.filter(({ start, end }) => start !== undefined && end !== undefined);
  if (bounded.length === 0) return '';
  const hours = Math.ceil(lengthOf(bounded, {}) / 3_600_000);
  return ` + facts of ${hours} ${hours === 1 ? 'hour' : 'hours'}`;
}
