// What reading costs on this machine beside the plain client library or parser alone:
// node bench/sync.ts [--rows 500000] [--rounds 3] [--only postgres,csv,xlsx] [--json FILE]
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/support/postgres.ts';
import { temporaryFolder } from '../test/support/server.ts';
import { describeMachine, percentile, sortedNumbers } from './measure.ts';
import { type Measured, measureProcess } from './measured-process.ts';
import { fillTable, TABLE, writeCsv, writeXlsx } from './sync-sets.ts';
import { perSecond, title } from './text.ts';
import { readFileAsTurnout, readPostgresAsTurnout } from './turnout-reading.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'postgres,csv,xlsx' },
    json: { type: 'string' },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const PLAIN = fileURLToPath(new URL('./plain-reading.ts', import.meta.url));

interface Summary {
  rowsPerSecond: number;
  peakMb: number;
}

interface Comparison {
  kind: string;
  turnout: Summary;
  plain: Summary;
  /** Turnout's rows per second over those of the plain one, of the medians. */
  ratio: number;
}

interface Contest {
  kind: string;
  plainName: string;
  turnout(): Promise<Measured>;
  plain(): Promise<Measured>;
}

const machine = describeMachine();
const folder = temporaryFolder('bench-sync');
console.log(
  `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, load before ${machine.loadBefore}`,
);
console.log(
  `${perSecond(rows)} rows of ten columns, median of ${rounds}, each reading in a process of its own, its start included`,
);

const comparisons: Comparison[] = [];
if (values.only.includes('postgres')) {
  const server = await startPostgres();
  try {
    await fillTable(server, rows);
    comparisons.push(
      await compare({
        kind: 'PostgreSQL',
        plainName: 'pg with a cursor',
        turnout: () => readPostgresAsTurnout(server.url, TABLE),
        plain: () => plain('postgres', server.url, TABLE),
      }),
    );
  } finally {
    await server.stop();
  }
}
if (values.only.includes('csv')) {
  const path = join(folder, 'events.csv');
  await writeCsv(path, rows);
  comparisons.push(await compareFile('CSV', 'csv-parse', path));
}
if (values.only.includes('xlsx')) {
  const path = join(folder, 'events.xlsx');
  await writeXlsx(path, rows);
  comparisons.push(await compareFile('XLSX', 'yauzl and saxes', path));
}
if (values.json !== undefined)
  writeFileSync(values.json, JSON.stringify({ machine, rows, rounds, comparisons }, null, 2));

async function compareFile(kind: string, plainName: string, path: string): Promise<Comparison> {
  const size = `${Math.round(statSync(path).size / 1e6)} MB`;
  const comparison = await compare({
    kind: `${kind}, ${size}`,
    plainName,
    turnout: () => readFileAsTurnout(path),
    plain: () => plain(kind.toLowerCase(), path),
  });
  rmSync(path);
  return comparison;
}

/** Round by round one after the other, so that both meet the same machine. */
async function compare({ kind, plainName, turnout, plain }: Contest): Promise<Comparison> {
  title(kind);
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await turnout());
    theirs.push(await plain());
  }
  const comparison = { kind, turnout: summary(kind, ours), plain: summary(plainName, theirs), ratio: 0 };
  comparison.ratio = comparison.turnout.rowsPerSecond / comparison.plain.rowsPerSecond;
  tell('Turnout', comparison.turnout);
  tell(plainName, comparison.plain);
  console.log(
    `  Turnout reads ${comparison.ratio.toFixed(2)} × as fast in ${(comparison.turnout.peakMb / comparison.plain.peakMb).toFixed(2)} × the memory`,
  );
  return comparison;
}

function plain(...args: string[]): Promise<Measured> {
  return measureProcess(
    PLAIN,
    args,
    (child) => new Promise((resolve) => child.once('message', (count) => resolve(Number(count)))),
  );
}

function summary(who: string, measured: readonly Measured[]): Summary {
  const wrong = measured.find((one) => one.rows !== rows);
  if (wrong !== undefined) throw new Error(`${who} read ${wrong.rows} rows of ${rows}`);
  const median = (numbers: number[]) => percentile(sortedNumbers(numbers), 0.5);
  return {
    rowsPerSecond: median(measured.map((one) => one.rows / one.seconds)),
    peakMb: median(measured.map(({ peakRss }) => peakRss / 2 ** 20)),
  };
}

function tell(who: string, { rowsPerSecond, peakMb }: Summary): void {
  console.log(`  ${who.padEnd(18)} ${perSecond(rowsPerSecond).padStart(9)} rows/s, ${Math.round(peakMb)} MB at most`);
}
