import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../config.ts';
import { TurnoutError } from '../contract/errors.ts';
import { createLogger } from '../logger.ts';
import { rebuild as rebuildWarehouse } from '../projector/rebuild.ts';
import { loadSampleSecrets } from '../sample.ts';
import { lockDirectory } from '../store/directory-lock.ts';
import { readWorkspaceFiles, SAMPLE_FOLDER } from '../workspace-files.ts';

/** `turnout rebuild [sample]`: makes the warehouse of the workspace (or of the sample) anew from its journal and says whether it is the same. */
export async function rebuild([which]: string[]): Promise<number> {
  const config = parseConfig(process.env);
  const log = createLogger('warn');
  const isSample = which === 'sample';
  if (config.clickhouse !== undefined && !isSample)
    throw new TurnoutError(
      'invalid_request',
      'The numbers are on a ClickHouse server. To make them anew there, stop Turnout, run DROP DATABASE turnout on the server and start Turnout again; see docs/scale.md.',
    );
  const dataFolder = join(config.data, isSample ? 'sample' : 'main');
  if (!existsSync(join(dataFolder, 'journal')))
    throw new TurnoutError(
      'not_found',
      `There is no journal in ${dataFolder} to make numbers from. Start Turnout once, or say with TURNOUT_DATA where its data is.`,
    );
  const { projector, sources, clock } = await readWorkspaceFiles({
    workspaceFolder: isSample ? SAMPLE_FOLDER : config.workspace,
    env: isSample ? { ...(await loadSampleSecrets(dataFolder)) } : process.env,
    log,
  });
  const lock = lockDirectory(dataFolder);
  try {
    const started = performance.now();
    const result = await rebuildWarehouse({
      ...projector,
      sources: new Map(sources.map((source) => [source.name, source])),
      dataFolder,
      now: clock,
      log,
      onBatch: (outcome, durableSeq) => process.stdout.write(`\r${outcome.seq} of ${durableSeq} entries`),
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const records = result.after.ledger.reduce((sum, row) => sum + row.received, 0);
    process.stdout.write(`\rRebuilt ${records} records of ${result.after.entries} entries in ${seconds} s. `);
    process.stdout.write(
      result.before === undefined
        ? 'There was nothing to compare with.\n'
        : `Facts and ledger are ${result.identical ? 'identical to' : 'different from'} what stood there.\n`,
    );
    for (const [table, sum] of Object.entries(result.after.facts))
      process.stdout.write(`  ${table}: ${JSON.stringify(sum)}\n`);
    return 0;
  } finally {
    lock.release();
  }
}
