import { join } from 'node:path';
import { type ServerProcess, startServerProcess } from '../test/support/server.ts';
import { describeMachine } from './measure.ts';

/** Says what machine this is and starts the server on a store that `bench/make-store.ts` made in the folder. */
export async function startKeptServer(
  keep: string,
): Promise<{ machine: ReturnType<typeof describeMachine>; server: ServerProcess }> {
  const machine = describeMachine();
  console.log(
    `${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, load before: ${machine.loadBefore}`,
  );
  const server = await startServerProcess({
    data: join(keep, 'data'),
    workspace: join(keep, 'workspace'),
    env: { TURNOUT_LOG: 'warn' },
  });
  return { machine, server };
}
