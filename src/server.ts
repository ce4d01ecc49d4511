import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkListenHost } from './access/host.ts';
import { type Clock, wallClock } from './clock.ts';
import type { Config } from './config.ts';
import { TurnoutError } from './contract/errors.ts';
import { buildApp } from './http/app.ts';
import type { Logger } from './logger.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { openSampleRuntime, wantsSample } from './sample.ts';
import { recordAudit } from './store/audit.ts';
import { saveSetting } from './store/settings.ts';

export interface RunningServer {
  /** Where to open it, e.g. `http://127.0.0.1:4321`. */
  url: string;
  /** Stops accepting, lets requests end, closes journal and engine. */
  close(): Promise<void>;
}

const project = resolve(import.meta.dirname, '..');
const WEB = join(project, 'dist', 'web');

/** An engine that takes longer is shown as opening on the page. */
const READY_WITHOUT_NUMBERS_MS = 3_000;

/**
 * The composition root. `clock` is the team's own workspace's; tests move one.
 * @throws TurnoutError for a host that is not loopback, for mistakes in the workspace, or when the data folder is in use.
 */
export async function startServer(config: Config, log: Logger, clock: Clock = wallClock): Promise<RunningServer> {
  checkListenHost(config.host);
  const own = join(config.data, 'main');
  const sample = join(config.data, 'sample');
  // The sample always runs on the built-in engine: a server's database belongs to one workspace.
  const { clickhouse } = config;
  const openOwn = () =>
    openRuntime({
      folder: own,
      workspaceFolder: config.workspace,
      env: process.env,
      clock,
      log,
      ...(clickhouse === undefined ? {} : { clickhouse }),
    });

  const showSample = config.sample && (await wantsSample(config.workspace, own));
  let runtime: Runtime = showSample ? await openSampleRuntime({ folder: sample, log }) : await openOwn();

  let removing: Promise<void> | null = null;
  async function removeSample(actor: string): Promise<void> {
    const shown = runtime;
    if (!shown.isSample) return;
    runtime = await openOwn();
    await saveSetting(runtime.control, 'sample_removed', 'yes', wallClock());
    await recordAudit(runtime.control, {
      at: wallClock(),
      actor,
      action: 'sample.remove',
      detail: 'The sample data was removed.',
    });
    await shown.close();
    await rm(sample, { recursive: true, force: true });
  }

  const app = await buildApp(
    {
      current: () => runtime.services,
      webFolder: WEB,
      removeSample(actor) {
        // A second click waits for the first one.
        removing ??= removeSample(actor).finally(() => {
          removing = null;
        });
        return removing;
      },
    },
    log,
  );

  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await runtime.close();
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new TurnoutError(
        'conflict',
        `Port ${config.port} on ${config.host} is in use. Stop the program that has it, or set PORT to another one.`,
      );
    throw error;
  }
  // Receiving began with the line above; who reads the ready line wants to see numbers too.
  await runtime.numbersOpened(READY_WITHOUT_NUMBERS_MS);
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    async close() {
      await app.close();
      await runtime.close();
    },
  };
}
