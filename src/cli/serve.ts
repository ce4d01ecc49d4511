import { parseConfig } from '../config.ts';
import { createLogger } from '../logger.ts';
import { startServer } from '../server.ts';
import { giveBackWhenQuiet } from '../warehouse/give-back-memory.ts';
import { giveBackToSystem } from '../warehouse/system-memory.ts';

/** Runs until SIGINT or SIGTERM; resolves once everything is closed. Prints one line on stdout when ready. */
export async function serve(): Promise<number> {
  const config = parseConfig(process.env);
  const log = createLogger(config.logLevel);
  const stop = Promise.withResolvers<string>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.resolve(signal));

  const server = await Promise.race([startServer(config, log), stop.promise]);
  // Stopped while still opening: whatever was acknowledged is safe, and there is nothing to wait for.
  if (typeof server === 'string') process.exit(0);
  // The last resort: one request that meets a mistake of ours must not end receiving for all.
  for (const last of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(last, (error: unknown) => log.fatal({ err: error }, 'a mistake in Turnout was not caught; it goes on'));
  giveBackWhenQuiet({ also: giveBackToSystem });
  process.stdout.write(`Turnout is ready on ${server.url}\n`);
  log.info(`stopping after ${await stop.promise}`);
  await server.close();
  return 0;
}
