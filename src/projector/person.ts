import type { Key } from './hash.ts';
import type { IdentityKind } from './normalise.ts';

/** One thing that a source said about a person: a version of a `person` record, or that an account did something. */
export interface PersonStatement {
  /** Hash of source and key: versions of one record share it. */
  record: Key;
  fingerprint: Key;
  /** The number that the person had at that time. */
  person: number;
  kind: 'account' | 'contact';
  /** UTC milliseconds. */
  registered_at: number | null;
  region: string;
  language: string;
  email: string;
  phone: string;
  external_id: string;
  /** JSON object. */
  attributes: string;
  /** UTC milliseconds. */
  observed_at: number;
}

export interface KnownIdentity {
  kind: IdentityKind;
  value: string;
  /** Sequence number of the entry that first named it. */
  seq: number;
}

export interface PersonFact {
  kind: 'account' | 'contact';
  registered_at: number | null;
  region: string;
  language: string;
  email: string;
  phone: string;
  external_id: string;
  attributes: string;
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
export const compareKey = (a: Key, b: Key): number => a.length - b.length || compareText(a, b);

/** Rises with the observation; equal ones are told apart by the greater fingerprint. */
export function compareVersions(
  a: { observed_at: number; fingerprint: Key },
  b: { observed_at: number; fingerprint: Key },
): number {
  return a.observed_at - b.observed_at || compareKey(a.fingerprint, b.fingerprint);
}

/** The newest version of each record. */
export function newestVersions<Version extends { record: Key; observed_at: number; fingerprint: Key }>(
  versions: Iterable<Version>,
): Version[] {
  const newest = new Map<Key, Version>();
  for (const version of versions) {
    const other = newest.get(version.record);
    if (other === undefined || compareVersions(version, other) > 0) newest.set(version.record, version);
  }
  return [...newest.values()];
}

/**
 * A person as the sum of what is known: each field from the newest statement that has it, the earliest registration, an account
 * where anything says so. Does not depend on the order of its arguments.
 */
export function mergePerson(statements: readonly PersonStatement[], identities: readonly KnownIdentity[]): PersonFact {
  const newestFirst = [...statements].sort((a, b) => compareVersions(b, a) || compareKey(a.record, b.record));
  const oldestFirst = [...identities].sort((a, b) => a.seq - b.seq || compareText(a.value, b.value));
  const newest = (field: 'region' | 'language' | IdentityKind) =>
    newestFirst.find((statement) => statement[field] !== '')?.[field] ?? '';
  const named = (kind: IdentityKind) =>
    newest(kind) || (oldestFirst.find((identity) => identity.kind === kind)?.value ?? '');
  const registrations = statements.flatMap(({ registered_at }) => (registered_at === null ? [] : [registered_at]));
  return {
    kind: statements.some((statement) => statement.kind === 'account') ? 'account' : 'contact',
    registered_at: registrations.length === 0 ? null : Math.min(...registrations),
    region: newest('region'),
    language: newest('language'),
    email: named('email'),
    phone: named('phone'),
    external_id: named('external_id'),
    attributes: mergeAttributes(newestFirst),
  };
}

function mergeAttributes(newestFirst: readonly PersonStatement[]): string {
  const merged = new Map<string, unknown>();
  for (const { attributes } of newestFirst) {
    if (attributes === '{}') continue;
    for (const [name, value] of Object.entries(JSON.parse(attributes) as Record<string, unknown>))
      if (value !== null && !merged.has(name)) merged.set(name, value);
  }
  const sorted = [...merged].sort(([a], [b]) => compareText(a, b));
  return sorted.length === 0
    ? '{}'
    : `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
}
