import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface Progress {
  /** Every entry up to here is counted. */
  seq: number;
  /** Number of the next new person, from 1. */
  people: number;
  /** Receipt time of the newest entry, UTC milliseconds; 0 while there is none. */
  receivedAt: number;
  /** See settingsHash; '' where facts were made before it was kept. */
  settings: string;
}

export const PROGRESS_NAME = 'projector';

/** How far the facts are; the beginning where there are none. */
export async function loadProgress(warehouse: Warehouse): Promise<Progress> {
  const { rows } = await warehouse.query<Progress>(
    renderSql(sql`SELECT p.seq AS seq, p.people AS people, p.model AS settings,
  (SELECT toUnixTimestamp64Milli(max(received_at)) FROM ${tableName('entries')}) AS receivedAt
FROM (
  SELECT * FROM ${tableName('progress')} FINAL WHERE name = 'projector'
) AS p`),
  );
  return rows[0] ?? { seq: 0, people: 1, receivedAt: 0, settings: '' };
}

/** The highest entry of which any row of a message's event is there: above the progress it is from an unfinished batch. */
export async function loadLeftoverSeq(warehouse: Warehouse): Promise<number> {
  const { rows } = await warehouse.query<{ seq: number }>(
    renderSql(sql`SELECT max(seq) AS seq FROM ${tableName('message_events')}`),
  );
  return rows[0]?.seq ?? 0;
}
