// Two revisions of this repository on the same store, round by round in turn:
// npm run bench:compare -- A B [--size 1m] [--rounds 5] [--keep FOLDER] [--only TEXT]
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../test/support/server.ts';
import { describeMachine, percentile, sortedNumbers } from './measure.ts';
import type { PageFigures } from './measure-tiles.ts';
import { parseSize, sizeText } from './store/size.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1m' },
    rounds: { type: 'string', default: '5' },
    keep: { type: 'string' },
    only: { type: 'string' },
  },
});
const [before, after] = positionals;
if (before === undefined || after === undefined) {
  console.error('Name two revisions: npm run bench:compare -- HEAD~1 HEAD');
  process.exit(2);
}

const root = resolve(import.meta.dirname, '..');
const machine = describeMachine();
const messages = parseSize(values.size);
console.log(`${before} and ${after}: ${sizeText(messages)} messages, ${values.rounds} rounds in turn, medians in ms`);
console.log(`${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, load before ${machine.loadBefore}`);

const sides = [before, after].map((revision) => prepare(revision));
for (let round = 0; round < Number(values.rounds); round += 1)
  // The one that goes first finds a colder machine: they take turns in that, too.
  for (const side of round % 2 === 0 ? sides : sides.toReversed()) runOnce(side);
report(sides);

interface Side {
  revision: string;
  checkout: string;
  /** Its store, made by its own bench with its own schema and roll-ups; the facts are those of the other. */
  folder: string;
  /** `page: tile` → milliseconds of each round. */
  times: Map<string, number[]>;
}

function prepare(revision: string): Side {
  const checkout = join(temporaryFolder('bench-compare'), 'turnout');
  execFileSync('git', ['clone', '--quiet', '--no-checkout', root, checkout]);
  const commit = execFileSync('git', ['-C', root, 'rev-parse', revision], { encoding: 'utf8' }).trim();
  execFileSync('git', ['-C', checkout, 'checkout', '--quiet', commit]);
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  if (!existsSync(join(checkout, 'bench', 'run.ts'))) throw new Error(`${revision} has no bench/run.ts`);
  const folder = values.keep === undefined ? temporaryFolder('bench-compare-store') : join(values.keep, commit);
  mkdirSync(folder, { recursive: true });
  return { revision, checkout, folder, times: new Map() };
}

/** The bench of the revision itself, in a process of its own. */
function runOnce({ revision, checkout, folder, times }: Side): void {
  const json = join(folder, 'figures.json');
  const options = ['--size', sizeText(messages), '--keep', folder, '--rounds', '1', '--without', 'postgres,raw,server'];
  const only = values.only === undefined ? [] : ['--only', values.only];
  const done: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    [join(checkout, 'bench', 'run.ts'), ...options, ...only, '--json', json],
    { cwd: checkout, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  if (done.status !== 0) throw new Error(`the bench of ${revision} failed:\n${done.stdout}\n${done.stderr}`);
  const { runs } = JSON.parse(readFileSync(json, 'utf8')) as { runs: { pages: PageFigures[] }[] };
  rmSync(json);
  const add = (name: string, ms: number | null) => {
    if (ms !== null) times.set(name, [...(times.get(name) ?? []), ms]);
  };
  for (const { page, tiles, batch } of runs.flatMap(({ pages }) => pages)) {
    for (const { tile, cold } of tiles) add(`${page}: ${tile}`, cold);
    add(`${page}: the page in one request`, batch.cold);
  }
}

function report([one, other]: readonly Side[]): void {
  if (one === undefined || other === undefined) return;
  console.log(
    `\n${''.padEnd(70)}${one.revision.slice(0, 12).padStart(14)}${other.revision.slice(0, 12).padStart(14)}     ratio`,
  );
  const sums = [0, 0];
  for (const [name, times] of one.times) {
    const [a, b] = [times, other.times.get(name) ?? []].map((list) => percentile(sortedNumbers(list), 0.5));
    if (a === undefined || b === undefined || Number.isNaN(b)) continue;
    if (!name.endsWith('in one request')) {
      sums[0] = (sums[0] ?? 0) + a;
      sums[1] = (sums[1] ?? 0) + b;
    }
    printRow(name, a, b);
  }
  printRow('sum over tiles', sums[0] ?? 0, sums[1] ?? 0);
}

function printRow(name: string, a: number, b: number): void {
  console.log(
    `${name.slice(0, 69).padEnd(70)}${a.toFixed(1).padStart(14)}${b.toFixed(1).padStart(14)}${(b / a).toFixed(2).padStart(10)}`,
  );
}
