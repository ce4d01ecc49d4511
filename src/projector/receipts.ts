import type { RecordKind } from '../contract/record.ts';
import { sql, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Key } from './hash.ts';
import type { Candidate } from './prepare.ts';
import { keySet } from './sets.ts';
import { ALWAYS_VERSIONED } from './version-rules.ts';

/**
 * counted: the first of its key. version: counted too, as another version of a record that may change. duplicate: the same
 * content came before. conflict: the key came before with another content.
 */
export type Outcome = 'counted' | 'version' | 'duplicate' | 'conflict';

/** Records whose content may change under the same key: the newest version is the fact. */
const CHANGEABLE: ReadonlySet<RecordKind> = new Set(['person', 'invitation']);

interface Counted {
  kind: RecordKind;
  fingerprints: Set<Key>;
}

/** What was counted before, by key, of sources that send each record once: the memory that makes a record count once. */
export class Receipts {
  readonly #counted = new Map<Key, Counted>();

  static none(): Receipts {
    return new Receipts();
  }

  /**
   * Receipts of these keys up to and including a sequence number; later ones are left from a batch that was not finished and
   * will be made again.
   */
  static async load(warehouse: Warehouse, keys: ReadonlySet<Key>, through: number): Promise<Receipts> {
    const receipts = new Receipts();
    if (keys.size === 0) return receipts;
    const { rows } = await warehouse.query<{ id: Key; kind: RecordKind; fingerprints: Key[] }>(
      renderSql(sql`SELECT toString(key) AS id, any(kind) AS kind, groupUniqArray(toString(fingerprint)) AS fingerprints
FROM ${tableName('receipts')}
WHERE key IN ${keySet(keys)} AND seq <= ${uint64(BigInt(through))} AND outcome = 'counted'
GROUP BY key`),
    );
    for (const { id, kind, fingerprints } of rows)
      receipts.#counted.set(id, { kind, fingerprints: new Set(fingerprints) });
    return receipts;
  }

  /** Decides and remembers; call it in the order of the journal. */
  settle({ key, fingerprint, record }: Candidate): Outcome {
    const earlier = this.#counted.get(key);
    if (earlier === undefined) {
      this.#counted.set(key, { kind: record.record, fingerprints: new Set([fingerprint]) });
      return 'counted';
    }
    if (ALWAYS_VERSIONED.has(earlier.kind) && ALWAYS_VERSIONED.has(record.record)) return 'version';
    if (earlier.fingerprints.has(fingerprint)) return 'duplicate';
    if (earlier.kind !== record.record || !CHANGEABLE.has(record.record)) return 'conflict';
    earlier.fingerprints.add(fingerprint);
    return 'version';
  }
}
