import { instant, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface SourceActivity {
  /** UTC milliseconds. */
  lastReceivedAt: number;
  /** Records in the 24 hours before `now`. */
  received24h: number;
  /** Records in quarantine, over all time. */
  quarantined: number;
}

const DAY = 86_400_000;

/** What arrived from each source, from what was projected; orders to the projector did not arrive. `now` is UTC milliseconds. */
export async function loadSourceActivity(warehouse: Warehouse, now: number): Promise<Map<string, SourceActivity>> {
  const statement = sql`SELECT source, max(last) AS last, sum(lately) AS lately, sum(quarantined) AS quarantined FROM (
    SELECT source, toUnixTimestamp64Milli(max(received_at)) AS last, sumIf(records, received_at > ${instant(now - DAY)}) AS lately, 0 AS quarantined
    FROM turnout.entries FINAL WHERE control IN ('', 'load') GROUP BY source
    UNION ALL
    SELECT source, 0, 0, count() FROM turnout.receipts FINAL WHERE outcome = 'quarantined' GROUP BY source
    UNION ALL
    SELECT source, 0, 0, sum(records) FROM turnout.loads FINAL WHERE outcome = 'quarantined' GROUP BY source
  ) GROUP BY source`;
  const { rows } = await warehouse.query<{ source: string; last: number; lately: number; quarantined: number }>(
    renderSql(statement),
  );
  return new Map(
    rows.map((row) => [
      row.source,
      { lastReceivedAt: row.last, received24h: row.lately, quarantined: row.quarantined },
    ]),
  );
}
