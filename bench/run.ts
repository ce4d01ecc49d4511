// Every tile of both packs on Turnout, on raw facts and on PostgreSQL:
// npm run bench -- [--size 1m,20m,100m] [--rounds 5] [--postgres-rounds 3] [--postgres-only REGEX] [--keep FOLDER] [--only TEXT] [--without postgres,raw,rollups,server] [--json FILE]
import { existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../test/support/server.ts';
import { Agreement } from './agree.ts';
import { contextOf } from './engines.ts';
import { measureServer, measureTables } from './footprint.ts';
import { describeMachine } from './measure.ts';
import { measurePage, type PageFigures } from './measure-tiles.ts';
import { listPages } from './pages.ts';
import { type Filled, fillPostgres } from './postgres/fill.ts';
import { type BenchPostgres, startPostgres } from './postgres/server.ts';
import { printGrowth, printPage, printTables, slowerThanFacts, sumOf } from './report.ts';
import { buildRollups } from './rollups.ts';
import { type BenchStore, makeStore, openStore } from './store/open-store.ts';
import { parseSize, sizeText } from './store/size.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1m' },
    rounds: { type: 'string', default: '5' },
    // 0: its first answers, those that are compared, are its times.
    'postgres-rounds': { type: 'string' },
    // Of pages, by name; the others are asked of the engine alone.
    'postgres-only': { type: 'string', default: '' },
    keep: { type: 'string' },
    only: { type: 'string' },
    without: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const without = new Set(values.without.split(',').filter(Boolean));
const rounds = { turnout: Number(values.rounds), postgres: Number(values['postgres-rounds'] ?? values.rounds) };
const folder = values.keep ?? temporaryFolder('bench');
const postgresAnswers = new RegExp(values['postgres-only']);
const sizes = values.size.split(',').map(parseSize);

const machine = describeMachine();
const { bavail, bsize } = statfsSync(folder === values.keep && !existsSync(folder) ? '.' : folder);
const freeGb = Math.round((bavail * bsize) / 1e9);
console.log(
  `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, ${freeGb} GB of disk free, Node ${machine.node}, load before ${machine.loadBefore}`,
);
console.log(
  `Medians of ${rounds.turnout} rounds (PostgreSQL ${rounds.postgres}) after one in which the answers are compared. Cold: no answer is remembered, each is asked of a fresh engine; what the operating system remembers of the disk is warm.`,
);

const runs = [];
for (const messages of sizes) runs.push(await runSize(messages));
printGrowth(runs);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, freeGb, rounds, runs }, null, 2)}\n`);
if (runs.some(({ agreement }) => agreement.differences.length > 0)) process.exitCode = 1;

async function runSize(messages: number) {
  // One size keeps its folder's name, so that a store made elsewhere is found.
  const place = sizes.length === 1 ? folder : join(folder, sizeText(messages));
  const store = await makeStore(place, messages);
  const opened = await openStore(store);
  let postgres: BenchPostgres | null = null;
  const agreement = new Agreement();
  const pages: PageFigures[] = [];
  const asked = listPages(store).map((page) =>
    isWanted(page.name) ? page : { ...page, tiles: page.tiles.filter(({ title }) => isWanted(title)) },
  );
  let figures: Record<string, unknown> = {};
  try {
    const { warehouse } = opened;
    const built = without.has('rollups') ? null : await buildRollups(store, warehouse);
    if (built !== null)
      console.log(built.wereBuilt ? 'The roll-ups are there.' : `Roll-ups built in ${built.seconds.toFixed(1)} s.`);
    const tables = await measureTables(warehouse);
    printTables(tables, messages);
    const filled = without.has('postgres') ? null : await openPostgres(place, store, opened.socketPath);
    postgres = filled?.postgres ?? null;
    const systems = {
      store,
      warehouse,
      context: await contextOf(warehouse, store),
      rollups: built?.rollups ?? null,
      raw: !without.has('raw'),
      postgres,
    };
    for (const page of asked) {
      if (page.tiles.length === 0) continue;
      const measured = await measurePage(
        page,
        postgresAnswers.test(page.name) ? systems : { ...systems, postgres: null },
        agreement,
        rounds,
      );
      printPage(measured);
      pages.push(measured);
    }
    figures = {
      generatedIn: store.generatedIn,
      rollups: built === null ? null : { seconds: built.wereBuilt ? null : built.seconds },
      tables,
      postgres:
        filled === null
          ? null
          : { version: filled.postgres.version, settings: filled.postgres.settings, ...filled.filled },
    };
  } finally {
    await postgres?.stop();
    await opened.close();
  }
  printAgreement(agreement);
  const slower = slowerThanFacts(pages);
  if (slower.length > 0) console.log(`\nSlower than on raw facts:\n  ${slower.join('\n  ')}`);
  const server = without.has('server') ? null : await serverOf(store);
  return {
    size: sizeText(messages),
    ...figures,
    pages: pages.map((page) => ({ ...page, sum: sumOf(page.tiles) })),
    agreement,
    slower,
    server,
  };
}

function isWanted(name: string): boolean {
  return (
    values.only === undefined || values.only.split(',').some((part) => name.toLowerCase().includes(part.toLowerCase()))
  );
}

/** The server with the store's tables, filled the first time. */
async function openPostgres(
  place: string,
  store: BenchStore,
  socketPath: string,
): Promise<{ postgres: BenchPostgres; filled: Filled }> {
  const note = join(place, 'postgres.json');
  const data = join(place, 'postgres');
  const of = `${store.size.messages} messages until ${store.calendar.last}`;
  const known = existsSync(note) ? (JSON.parse(readFileSync(note, 'utf8')) as { of: string; filled: Filled }) : null;
  if (known?.of !== of) {
    rmSync(note, { force: true });
    rmSync(data, { recursive: true, force: true });
  }
  const postgres = await startPostgres(data, machine.cores);
  if (known?.of === of) return { postgres, filled: known.filled };
  console.log(`filling PostgreSQL ${postgres.version}`);
  const filled = await fillPostgres(postgres.client, socketPath, store.calendar);
  console.log(
    `PostgreSQL: ${filled.loadSeconds.toFixed(0)} s to load, ${filled.indexSeconds.toFixed(0)} s for indexes, ${((filled.bytes + filled.indexBytes) / messages(store)).toFixed(0)} bytes a message (${(filled.indexBytes / messages(store)).toFixed(0)} of them indexes)`,
  );
  writeFileSync(note, `${JSON.stringify({ of, filled })}\n`);
  return { postgres, filled };
}

function messages({ size }: BenchStore): number {
  return size.messages;
}

function printAgreement({ compared, differences }: Agreement): void {
  console.log(
    differences.length === 0
      ? `\nAll agree: ${compared.toLocaleString('en')} numbers compared.`
      : `\n${differences.length} DIFFERENCES of ${compared.toLocaleString('en')} numbers compared:\n  ${differences.slice(0, 40).join('\n  ')}`,
  );
}

/** The real server on the store: what it takes to start, and what it holds when nobody asks. Its first page is a filtered one, so that the others are cold. */
async function serverOf(store: BenchStore) {
  const listed = listPages(store)
    .filter(({ period }) => period !== '320 days')
    .map(({ name, filter, batch }) => ({ name, filter, queries: batch.map(({ query }) => query) }));
  const first = listed.find(({ filter }) => filter !== '');
  const whole = listed.filter(({ filter }) => filter === '');
  const measured = await measureServer(store, [...(first === undefined ? [] : [first]), ...whole]);
  for (const [name, ms] of Object.entries(measured.pages))
    console.log(`  ${name} over HTTP, cold: ${ms.toFixed(0)} ms`);
  console.log(
    `\nServer: ready after ${measured.readyMs.toFixed(0)} ms, first page answered after ${measured.firstPageMs.toFixed(0)} ms, after an idle minute ${measured.idleMegabytes.resident} MB resident in all processes (shared pages counted once: ${measured.idleMegabytes.distinct} MB)`,
  );
  return measured;
}
