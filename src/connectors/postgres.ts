import type { PullConnector } from '../contract/pull.ts';
import { checkStreams } from './postgres-check.ts';
import { postgresGuide } from './postgres-guide.ts';
import { countRows, readPages } from './postgres-pages.ts';
import { parsePage } from './postgres-records.ts';
import {
  type PostgresSettings,
  postgresSettings,
  postgresTarget,
  streamMode,
  streamName,
} from './postgres-settings.ts';

/** A PostgreSQL database: each stream is a SELECT whose columns are the fields of records, read in one read-only transaction. */
export const postgres: PullConnector<PostgresSettings> = {
  name: 'postgres',
  title: 'PostgreSQL',
  guide: postgresGuide,
  settings: postgresSettings,
  revisable: true,

  feeds: ({ streams }) => streams.map(({ record, table }) => (table === undefined ? { record } : { record, table })),

  streams: ({ streams }) =>
    streams.map((stream) => ({
      name: streamName(stream),
      record: stream.record,
      mode: streamMode(stream),
      ...(stream.table === undefined ? {} : { table: stream.table }),
    })),

  targets(settings) {
    const { host, port } = postgresTarget(settings);
    return [{ host, port }];
  },

  check: checkStreams,
  read: readPages,
  count: countRows,
  parse: parsePage,
};
