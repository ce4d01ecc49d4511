import type { IdentityReport } from '../contract/api.ts';
import type { AttendanceMatching, IdentityRules } from '../contract/identity.ts';
import { maskPerson, type PersonNames } from '../contract/mask-person.ts';
import { number, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

const EXAMPLES = 20;
const LIMIT = { timeoutMs: 60_000 };

/** How people are recognised, in words. */
const RULES = ({ plus_tags, dots }: IdentityRules['email']): string[] => [
  'People are recognised by e-mail address, phone number and external id.',
  `E-mail addresses are compared in lower case; ${ADDRESS_RULES[`${plus_tags} ${dots}`]}.`,
  'Phone numbers are compared in international form; the country of the source or the workspace completes national ones.',
  'A record that names two of them shows that they are one person; both become one from then on.',
  'That two are one is not taken back when the record that showed it is deleted or undone.',
  'What people do in webinars ties nobody together: phones are shared, so each address is a person of its own there.',
];

const ADDRESS_RULES = {
  'keep keep': 'dots and +tags stay, they may be other people',
  'ignore keep': '+tags are left out, dots stay',
  'keep ignore': 'dots are left out in mailboxes of Gmail, +tags stay',
  'ignore ignore': '+tags are left out, and dots in mailboxes of Gmail',
} as const;

const ROOTS = sql`(SELECT person, argMax(root, seq) AS root FROM ${tableName('person_roots')} GROUP BY person)`;

/** Which source knows whom: rows of `source`, `person`. */
const PAIRS = sql`(
  SELECT source, account AS person FROM ${tableName('messages')} FINAL WHERE account != 0
  UNION ALL SELECT source, recipient FROM ${tableName('messages')} FINAL WHERE recipient != 0
  UNION ALL SELECT source, person FROM ${tableName('activities')} FINAL WHERE person != 0
  UNION ALL SELECT source, person FROM ${tableName('invitations')} FINAL WHERE person != 0
  UNION ALL SELECT t.source AS source, if(roots.root = 0, t.named, roots.root) AS person
  FROM (
    SELECT source, arrayJoin([person_email, person_phone, person_external]) AS named FROM (
      SELECT source, person_email, person_phone, person_external FROM ${tableName('registrations')} FINAL
      UNION ALL SELECT source, person_email, person_phone, person_external FROM ${tableName('attendances')} FINAL
      UNION ALL SELECT source, person_email, person_phone, person_external FROM ${tableName('recording_views')} FINAL
    )
  ) AS t
  LEFT ANY JOIN ${ROOTS} AS roots ON roots.person = t.named
  WHERE t.named != 0
  UNION ALL
  SELECT r.source AS source, if(roots.root = 0, p.person, roots.root) AS person
  FROM (SELECT record, person FROM ${tableName('person_records')} FINAL WHERE person != 0) AS p
  INNER JOIN (
    SELECT key, any(source) AS source FROM ${tableName('receipts')} WHERE kind = 'person' AND outcome = 'counted' GROUP BY key
  ) AS r ON r.key = p.record
  LEFT ANY JOIN ${ROOTS} AS roots ON roots.person = p.person
)`;

const KNOWN = sql`(SELECT person, groupUniqArray(source) AS sources FROM ${PAIRS} GROUP BY person)`;

export interface IdentityReportOptions {
  /** Labels by name. */
  sources: ReadonlyMap<string, string>;
  /** The rules in force, and whether the workspace has its own. */
  rules: IdentityRules;
  own: boolean;
}

/** How well people of different sources are recognised as one, and joins as those of registrations. */
export async function loadIdentityReport(
  warehouse: Warehouse,
  { sources, rules, own }: IdentityReportOptions,
): Promise<IdentityReport> {
  const [attendance, people, bySource, lonely] = await Promise.all([
    loadAttendanceMatching(warehouse, { rules, own }),
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
    unmatched: lonely.rows.map(({ source, ...names }) => ({ person: maskPerson(names), source })),
    rules: RULES(rules.email),
    attendance,
  };
}

/** Webinar × person of those who joined, by how they were found; some who were not, the newest first. */
async function loadAttendanceMatching(
  warehouse: Warehouse,
  { rules, own }: Pick<AttendanceMatching, 'rules' | 'own'>,
): Promise<AttendanceMatching> {
  const joined = sql`(SELECT * FROM ${tableName('participations')} FINAL WHERE joined = 1 AND person != 0)`;
  const [ways, lost] = await Promise.all([
    warehouse.query<{ way: keyof AttendanceMatching['by']; people: number }>(
      renderSql(sql`SELECT matched_by AS way, count() AS people FROM ${joined} GROUP BY matched_by`),
      LIMIT,
    ),
    warehouse.query<PersonNames & { webinar: string; title: string; reason: 'unmatched' | 'ambiguous'; at: number }>(
      renderSql(sql`SELECT j.webinar AS webinar, j.title AS title, j.matched_by AS reason,
  toUnixTimestamp64Milli(assumeNotNull(j.first_joined_at)) AS at, p.email AS email, p.phone AS phone, p.external_id AS external_id
FROM ${joined} AS j INNER JOIN (SELECT * FROM ${tableName('people')} FINAL) AS p ON p.person = j.person
WHERE j.matched_by IN ('unmatched', 'ambiguous')
ORDER BY j.first_joined_at DESC, j.webinar, j.person LIMIT ${number(EXAMPLES)}`),
      LIMIT,
    ),
  ]);
  const by = { service_id: 0, email: 0, phone: 0, external_id: 0, unmatched: 0, ambiguous: 0 };
  for (const { way, people } of ways.rows) by[way] = people;
  return {
    rules,
    own,
    joined: Object.values(by).reduce((sum, people) => sum + people, 0),
    by,
    examples: lost.rows.map(({ webinar, title, reason, at, ...names }) => ({
      person: maskPerson(names),
      webinar,
      title,
      reason,
      joined_at: new Date(at).toISOString(),
    })),
  };
}
