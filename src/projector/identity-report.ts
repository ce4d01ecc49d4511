import type { IdentityReport } from '../contract/api.ts';
import { number, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

const EXAMPLES = 20;
const LIMIT = { timeoutMs: 60_000 };

/** How people are recognised, in words. */
const RULES = [
  'People are recognised by e-mail address, phone number and external id.',
  'E-mail addresses are compared in lower case; dots and +tags stay, they may be other people.',
  'Phone numbers are compared in international form; the country of the source or the workspace completes national ones.',
  'A record that names two of them shows that they are one person; both become one from then on.',
  'That two are one is not taken back when the record that showed it is deleted or undone.',
];

const ROOTS = sql`(SELECT person, argMax(root, seq) AS root FROM ${tableName('person_roots')} GROUP BY person)`;

/** Which source knows whom: rows of `source`, `person`. */
const PAIRS = sql`(
  SELECT source, account AS person FROM ${tableName('messages')} FINAL WHERE account != 0
  UNION ALL SELECT source, recipient FROM ${tableName('messages')} FINAL WHERE recipient != 0
  UNION ALL SELECT source, person FROM ${tableName('activities')} FINAL WHERE person != 0
  UNION ALL SELECT source, person FROM ${tableName('invitations')} FINAL WHERE person != 0
  UNION ALL
  SELECT r.source AS source, if(roots.root = 0, p.person, roots.root) AS person
  FROM (SELECT record, person FROM ${tableName('person_records')} FINAL WHERE person != 0) AS p
  INNER JOIN (
    SELECT key, any(source) AS source FROM ${tableName('receipts')} WHERE kind = 'person' AND outcome = 'counted' GROUP BY key
  ) AS r ON r.key = p.record
  LEFT ANY JOIN ${ROOTS} AS roots ON roots.person = p.person
)`;

const KNOWN = sql`(SELECT person, groupUniqArray(source) AS sources FROM ${PAIRS} GROUP BY person)`;

/** How well people of different sources are recognised as one. @param sources labels by name */
export async function loadIdentityReport(
  warehouse: Warehouse,
  { sources }: { sources: ReadonlyMap<string, string> },
): Promise<IdentityReport> {
  const [people, bySource, lonely] = await Promise.all([
    warehouse.query<{ people: number; email: number; phone: number; external_id: number }>(
      renderSql(sql`SELECT count() AS people, countIf(p.email != '') AS email, countIf(p.phone != '') AS phone,
  countIf(p.external_id != '') AS external_id FROM ${tableName('people')} AS p FINAL`),
      LIMIT,
    ),
    warehouse.query<{ source: string; people: number; matched: number; everybody: number }>(
      renderSql(sql`SELECT arrayJoin(arrayConcat([''], sources)) AS source, count() AS people, countIf(length(sources) > 1) AS matched
FROM ${KNOWN} GROUP BY source ORDER BY source`),
      LIMIT,
    ),
    warehouse.query<{ source: string; email: string; phone: string; external_id: string }>(
      renderSql(sql`SELECT known.sources[1] AS source, p.email AS email, p.phone AS phone, p.external_id AS external_id
FROM ${KNOWN} AS known INNER JOIN (SELECT * FROM ${tableName('people')} FINAL) AS p ON p.person = known.person
WHERE length(known.sources) = 1
ORDER BY p.person LIMIT ${number(EXAMPLES)}`),
      LIMIT,
    ),
  ]);
  const { people: total = 0, ...knownBy } = people.rows[0] ?? { people: 0, email: 0, phone: 0, external_id: 0 };
  return {
    people: total,
    known_by: knownBy,
    matched: bySource.rows.find(({ source }) => source === '')?.matched ?? 0,
    sources: bySource.rows
      .filter(({ source }) => source !== '')
      .map(({ source, people: count, matched }) => ({
        source,
        label: sources.get(source) ?? source,
        people: count,
        matched,
      })),
    unmatched: lonely.rows.map(({ source, ...names }) => ({ person: mask(names), source })),
    rules: RULES,
  };
}

/** Enough to recognise somebody whom one knows, too little to write to them: `d***@example.com`, `+1202…23`. */
export function mask({ email, phone, external_id }: { email: string; phone: string; external_id: string }): string {
  if (email !== '') return `${email.slice(0, 1)}***${email.slice(email.lastIndexOf('@'))}`;
  if (phone !== '') return `${phone.slice(0, 5)}…${phone.slice(-2)}`;
  return external_id.length <= 4
    ? `${external_id.slice(0, 1)}…`
    : `${external_id.slice(0, 2)}…${external_id.slice(-2)}`;
}
