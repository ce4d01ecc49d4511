import type { Dataset, Metric } from '../../model/checked.ts';
import type { Method, SimpleMetric } from '../compile/aggregate.ts';
import type { SettledEnds } from '../maturity.ts';
import type { Leaf } from './formula.ts';

/** A block is what one statement computes: several leaves over the same rows. */
export type Block = SimpleBlock | CumulativeBlock | ConversionBlock;

/** Only rows of cohorts that have settled count. */
interface Maturing {
  /** Seconds that they take. */
  matures?: number;
  /** Where they end, UTC milliseconds; known once the range is (`settleBlocks`). */
  until?: number;
}

/** A simple metric and which of its rows count. */
export interface Measure extends Maturing {
  metric: SimpleMetric;
  method: Method;
  /** Column and names of the channels whose rows count. */
  channels?: { column: string; names: readonly string[] };
  /** Column of the currency code, and the one code that counts. */
  money?: { column: string; code: string };
}

export interface SimpleBlock {
  kind: 'simple';
  dataset: Dataset;
  time: string;
  measures: (Measure & { leaf: Leaf })[];
}

export interface CumulativeBlock extends Maturing {
  kind: 'cumulative';
  dataset: Dataset;
  time: string;
  measure: Measure;
  /** Trailing local days; absent: everything before the end. */
  windows: { leaf: Leaf; label: string; days?: number }[];
}

/** Everything up to an end, without a window; all windows of a block are of one kind. */
export function isStock(block: CumulativeBlock): boolean {
  return block.windows.every((window) => window.days === undefined);
}

export interface ConversionBlock extends Maturing {
  kind: 'conversion';
  metric: Extract<Metric, { type: 'conversion' }>;
  /** Where rows are grouped and filtered. */
  dataset: Dataset;
  base: Measure;
  conversionDataset: Dataset;
  conversion: Measure;
  /** Distinct entities of the base, and those that converted. */
  entities: Leaf;
  converted: Leaf;
}

/** The blocks with the ends of what has settled in one range. */
export function settleBlocks(blocks: readonly Block[], ends: SettledEnds): Block[] {
  const settle = <T extends Maturing>(part: T): T => {
    const until = part.matures === undefined ? undefined : ends.get(part.matures);
    return until === undefined ? part : { ...part, until };
  };
  return blocks.map((block) =>
    block.kind === 'simple' ? { ...block, measures: block.measures.map(settle) } : settle(block),
  );
}
