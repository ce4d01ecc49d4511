import { fakeSource } from './fake-table.ts';
import { openSyncBench } from './sync.ts';

/**
 * A process that does what is due once and ends: `node sync-process.ts <folder> <now> <kill at step, 0: never>`. Prints the number of
 * steps it came by.
 */
const [folder = '', now = '0', killAt = '0'] = process.argv.slice(2);

let steps = 0;
const bench = await openSyncBench(
  (file) => [
    fakeSource(file, [
      { name: 'orders', mode: 'incremental' },
      { name: 'users', mode: 'full' },
    ]),
  ],
  {
    folder,
    clock: () => Number(now),
    failpoint: async () => {
      steps += 1;
      if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    },
  },
);
await bench.sync.tick();
await bench.sync.idle();
await bench.close();
process.stdout.write(String(steps));
