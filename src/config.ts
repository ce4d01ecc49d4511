import { resolve } from 'node:path';
import { z } from 'zod';
import { TurnoutError } from './contract/errors.ts';
import { parseServerConnection, type ServerConnection } from './warehouse/server-connection.ts';

/** Settings of one server process, read from the environment once. */
export interface Config {
  port: number;
  host: string;
  /** Absolute: the engine child runs in a folder of its own. Holds everything that is kept. */
  data: string;
  /** Folder that people write: turnout.yaml, sources/, metrics/, dashboards/, rates/. */
  workspace: string;
  /** False: start empty even where nothing is connected yet. */
  sample: boolean;
  logLevel: string;
  /** Where the facts of the team's own workspace stand, in place of the built-in engine. */
  clickhouse?: ServerConnection;
}

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4321),
  HOST: z.string().min(1).default('127.0.0.1'),
  TURNOUT_DATA: z.string().min(1).default('data'),
  TURNOUT_WORKSPACE: z.string().min(1).default('workspace'),
  TURNOUT_SAMPLE: z.enum(['0', '1']).default('1'),
  TURNOUT_LOG: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});

/**
 * @throws TurnoutError('invalid_request') that names each variable and what it may be.
 */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  if (env['TURNOUT_DATABASE_URL'])
    throw new TurnoutError(
      'invalid_request',
      `TURNOUT_DATABASE_URL is set, but this version keeps its own records in ${env['TURNOUT_DATA'] ?? 'data'}/. Unset it to start.`,
    );
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const sentences = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new TurnoutError(
      'invalid_request',
      `The environment has a setting that cannot be used. ${sentences.join('. ')}.`,
    );
  }
  const { PORT, HOST, TURNOUT_DATA, TURNOUT_WORKSPACE, TURNOUT_SAMPLE, TURNOUT_LOG } = parsed.data;
  const clickhouse = parseServerConnection(env);
  return {
    port: PORT,
    host: HOST,
    data: resolve(TURNOUT_DATA),
    workspace: resolve(TURNOUT_WORKSPACE),
    sample: TURNOUT_SAMPLE === '1',
    logLevel: TURNOUT_LOG,
    ...(clickhouse === undefined ? {} : { clickhouse }),
  };
}
