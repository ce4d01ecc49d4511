import type { Connector } from '../../src/contract/connector.ts';
import { PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { CanonicalRecord, RecordKind, RecordOf } from '../../src/contract/record.ts';
import { stateFingerprint } from '../../src/projector/hash.ts';
import { type Standing, settleArrival } from '../../src/projector/version-rules.ts';

/** What arrived: a page that was read (with its stream), or an event. */
export interface Arrived {
  /** Absent: an event. */
  stream?: string;
  body: string | Buffer;
  /** UTC milliseconds. */
  receivedAt: number;
}

/** The records that stand after these arrivals, by key: what the projector keeps of a source that is read again and again. */
export function foldRecords<Settings>(
  connector: Connector<Settings>,
  settings: Settings,
  arrivals: readonly Arrived[],
): { records: Map<string, CanonicalRecord>; refused: string[] } {
  const heads = new Map<string, { head: Standing; record: CanonicalRecord; known: Set<string> }>();
  const refused: string[] = [];
  for (const [index, { stream, body, receivedAt }] of arrivals.entries()) {
    const seq = index + 1;
    const headers: Record<string, string> = stream === undefined ? {} : { [PAGE_HEADERS.stream]: stream };
    const entry = { seq, receivedAt, target: '/', headers, body: Buffer.from(body) };
    for (const [item, parsed] of connector.parse(entry, { source: 'test', settings, defaults: {} }).entries()) {
      if (!parsed.ok) {
        refused.push(parsed.reason);
        continue;
      }
      const { record } = parsed;
      const before = heads.get(record.key);
      const fingerprint = stateFingerprint(record);
      const { version, wins } = settleArrival(before?.head, before?.known ?? new Set(), {
        kind: record.record,
        fingerprint,
        deleted: record.record === 'deletion',
        observedAt: record.observed_at === undefined ? receivedAt : Date.parse(record.observed_at),
        observed: record.observed_at !== undefined,
        seq,
        item,
      });
      const known = (before?.known ?? new Set<string>()).add(fingerprint);
      if (version !== undefined && wins) heads.set(record.key, { head: version, record, known });
    }
  }
  const standing = [...heads].filter(([, { head }]) => !head.deleted);
  return { records: new Map(standing.map(([key, { record }]) => [key, record])), refused };
}

/** Those of a kind, in the order of their keys. */
export function recordsOf<K extends RecordKind>(records: ReadonlyMap<string, CanonicalRecord>, kind: K): RecordOf<K>[] {
  return [...records.values()]
    .filter((one): one is RecordOf<K> => one.record === kind)
    .sort((a, b) => a.key.localeCompare(b.key));
}
