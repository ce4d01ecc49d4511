import { DatabaseSync } from 'node:sqlite';
import { openControlDatabase } from '../../src/store/database.ts';
import { connectWarehouse } from '../../src/warehouse/client.ts';
import { migrate } from '../../src/warehouse/migrations.ts';
import { startEngine } from '../../src/warehouse/supervisor.ts';
import { SILENT_LOG } from './engine.ts';

/**
 * A process that brings a database up to date and is killed on the way, with everything that it has started:
 * `node migration-process.ts <control|warehouse> <place> <kill at step, 0: never> <before|during>`. Prints the number of steps.
 * It must lead a process group of its own.
 */
const [what, place = '', killAt = '0', when] = process.argv.slice(2);

let steps = 0;
const killAll = () => process.kill(-process.pid, 'SIGKILL');

function step(): void {
  steps += 1;
  if (steps !== Number(killAt)) return;
  if (when === 'during') setTimeout(killAll, 1);
  else killAll();
}

if (what === 'control') {
  // The same statements in the same transactions, one at a time.
  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (text) {
    for (const statement of text.split(';')) {
      if (statement.trim() === '') continue;
      step();
      exec.call(this, statement);
    }
  };
  await (await openControlDatabase(place)).destroy();
} else {
  const socketPath = `${place}.sock`;
  const supervisor = await startEngine({ folder: place, socketPath, log: SILENT_LOG, poolSize: 1 });
  const client = connectWarehouse({ socketPath, database: 'default' });
  await migrate(client, undefined, step);
  await client.close();
  await supervisor.close();
}
process.stdout.write(String(steps));
