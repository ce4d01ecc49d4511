import type { Dataset } from '../../model/checked.ts';
import type { Block } from './blocks.ts';

/** Which tables answer, a sentence per block: `raw facts: messages`. */
export function tablesOf(blocks: readonly Block[]): string[] {
  const sentences = blocks.map((block) =>
    describeTables(block.kind === 'conversion' ? [block.dataset, block.conversionDataset] : [block.dataset]),
  );
  return [...new Set(sentences)];
}

export function describeTables(datasets: readonly Dataset[]): string {
  const tables = datasets.flatMap((dataset) => dataset.branches.map((branch) => branch.shown));
  return `raw facts: ${[...new Set(tables)].join(', ')}`;
}
