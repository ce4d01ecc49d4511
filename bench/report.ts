import type { TableBytes } from './footprint.ts';
import type { Figures, PageFigures } from './measure-tiles.ts';

/** Tables for people; the same figures stand in the JSON file. */

const time = (value: number | null): string =>
  value === null ? '–' : value < 10 ? value.toFixed(1) : value.toFixed(0);
const ratio = (above: number | null, below: number | null): string =>
  above === null || below === null || below === 0 ? '–' : `${(above / below).toFixed(above / below < 10 ? 1 : 0)} ×`;

const COLUMNS = ['cold', 'warm', 'raw', 'PostgreSQL', 'raw ÷ cold', 'PostgreSQL ÷ cold'];

export function printPage({ page, tiles, batch }: PageFigures): void {
  console.log(`\n${page} (ms)`);
  console.log(`  ${''.padEnd(40)}${COLUMNS.map((name) => name.padStart(Math.max(9, name.length + 2))).join('')}`);
  for (const tile of tiles) {
    const onFacts = tile.plan.some((plan) => plan.startsWith('raw facts'));
    printFigures(tile.tile, tile, onFacts ? '  reads facts' : '');
  }
  printFigures('Sum over tiles', sumOf(tiles));
  printFigures('The page in one request', batch);
}

function printFigures(label: string, figures: Figures, note = ''): void {
  const { cold, warm, raw, postgres } = figures;
  const cells = [time(cold), time(warm), time(raw), time(postgres), ratio(raw, cold), ratio(postgres, cold)];
  const wide = cells.map((cell, index) => cell.padStart(Math.max(9, (COLUMNS[index]?.length ?? 0) + 2)));
  console.log(`  ${label.slice(0, 39).padEnd(40)}${wide.join('')}${note}`);
}

export function sumOf(figures: readonly Figures[]): Figures {
  const sum = (name: keyof Figures): number | null =>
    figures.every((each) => each[name] !== null) ? figures.reduce((all, each) => all + (each[name] ?? 0), 0) : null;
  return { cold: sum('cold'), warm: sum('warm'), raw: sum('raw'), postgres: sum('postgres') };
}

/** Tiles on which roll-ups are slower than the facts they are made of. */
export function slowerThanFacts(pages: readonly PageFigures[]): string[] {
  return pages.flatMap(({ page, tiles }) =>
    tiles.flatMap(({ tile, cold, raw }) =>
      cold !== null && raw !== null && cold > raw
        ? [`${page}: ${tile}, ${time(cold)} ms, on raw facts ${time(raw)} ms`]
        : [],
    ),
  );
}

export function printTables(tables: readonly TableBytes[], messages: number): void {
  console.log('\nOn disk, the journal apart');
  const own = tables.filter(({ bytes }) => bytes >= messages / 100);
  for (const { table, rows, bytes, parts } of own)
    console.log(
      `  ${table.padEnd(40)}${rows.toLocaleString('en').padStart(14)} rows${(bytes / 1e6).toFixed(1).padStart(9)} MB${(bytes / messages).toFixed(1).padStart(7)} bytes a message, ${parts} parts`,
    );
  const all = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(
    `  ${'together'.padEnd(59)}${(all / 1e6).toFixed(1).padStart(9)} MB${(all / messages).toFixed(1).padStart(7)} bytes a message`,
  );
}

/** How much longer the largest data set takes than the smallest, page by page. */
export function printGrowth(runs: readonly { size: string; pages: readonly PageFigures[] }[]): void {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined || first === last) return;
  console.log(
    `\nFrom ${first.size} to ${last.size}: times of Turnout, cold (of raw facts where there are no roll-ups)`,
  );
  const of = ({ batch }: PageFigures) => batch.cold ?? batch.raw;
  for (const page of last.pages) {
    const small = first.pages.find((each) => each.page === page.page);
    if (small === undefined) continue;
    console.log(
      `  ${page.page.padEnd(40)}${time(of(small)).padStart(8)} → ${time(of(page)).padStart(6)} ms  ${ratio(of(page), of(small))}`,
    );
  }
}
