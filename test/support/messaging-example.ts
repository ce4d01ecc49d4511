import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TEST_PASSWORD, type TestPostgres } from './postgres.ts';

/** Folder of the example; its workspace is in `workspace/`. */
export const MESSAGING_EXAMPLE = resolve(import.meta.dirname, '..', '..', 'examples', 'messaging-postgres');

/** Makes the example's database as its README says (about 3 s) and returns the address of its reading role, for PLATFORM_DATABASE_URL. */
export async function loadMessagingExample(server: TestPostgres): Promise<string> {
  await server.sql('CREATE DATABASE platform');
  for (const file of ['schema.sql', 'reader.sql', 'seed.sql']) {
    await server.sql(readFileSync(join(MESSAGING_EXAMPLE, file), 'utf8'), { database: 'platform' });
  }
  await server.sql(`ALTER ROLE turnout_reader PASSWORD '${TEST_PASSWORD}'`);
  return server.urlFor({ user: 'turnout_reader', database: 'platform' });
}
