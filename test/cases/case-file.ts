import { z } from 'zod';
import { FACT_TABLES, userTableName } from '../../src/contract/facts.ts';
import { parseYaml } from '../../src/model/parse-yaml.ts';
import type { Facts } from '../reference/dataset.ts';
import type { FactCell, FactRow } from '../reference/predicate.ts';
import { TABLE_COLUMNS } from './tables.ts';

/** One file of cases: rows, a query and what must come out, written by hand. */

const cell = z.union([z.string(), z.number(), z.null()]);
const row = z.record(z.string(), cell);

const caseSchema = z.strictObject({
  name: z.string(),
  /** Keys of turnout.yaml. */
  workspace: z.record(z.string(), z.unknown()).default({}),
  /** The workspace's clock; everything before it is complete. */
  now: z.string().default('2027-01-01T00:00:00Z'),
  /** Rows by table, fact tables and those of `tables.yaml`: see `expandRow`. */
  facts: z.record(z.string(), z.array(row)).default({}),
  query: z.record(z.string(), z.unknown()),
  /** Expected rows in order; keys that are left out are not compared in funnels, everywhere else they must not be there. */
  rows: z.array(row).optional(),
  /** The rows may come in any order. */
  unordered: z.boolean().default(false),
  /** Compare `meta.parameters` and `meta.matured_through` where given. */
  meta: z.record(z.string(), z.unknown()).optional(),
  /** Parts of the columns, by name. */
  columns: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  /** Compare the sample sizes of rates (`<metric>__n`) too. */
  samples: z.boolean().default(false),
  /** Leave out rows in which every metric is 0 or null. */
  nonzero: z.boolean().default(false),
  count: z.number().optional(),
  totals: row.optional(),
  compare: z.array(row.nullable()).optional(),
  compare_totals: row.optional(),
  /** Each must occur in a note. */
  notes: z.array(z.string()).default([]),
  ignores: z.record(z.string(), z.array(z.string())).optional(),
  problems: z
    .array(z.strictObject({ code: z.string().optional(), path: z.string(), hint: z.string().optional() }))
    .optional(),
});

export type Case = z.infer<typeof caseSchema>;

export function readCases(path: string, text: string): Case[] {
  const { documents, problems } = parseYaml(path, text);
  if (problems.length > 0) throw new Error(problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'));
  return documents.flatMap((source) => z.array(caseSchema).parse(source.document));
}

/** Numbers rows, repeats them (`times`) and fills in what goes without saying: messages are sent, people are accounts, a charge is charged in the workspace's currency. */
export function expandFacts(given: Case['facts'], currency: string): Facts {
  let number = 0;
  return Object.fromEntries(
    Object.entries(given).map(([known, rows]) => {
      const table = Object.hasOwn(FACT_TABLES, known) ? known : userTableName(known);
      return [
        table,
        rows.flatMap(({ times = 1, ...one }) =>
          Array.from({ length: Number(times) }, () => expandRow(table, one, ++number, currency)),
        ),
      ];
    }),
  );
}

const ROW_KEYS: Record<string, string> = {
  messages: 'message',
  activities: 'activity',
  invitations: 'invitation',
  participations: 'participation',
};

function expandRow(table: string, given: Record<string, FactCell>, number: number, currency: string): FactRow {
  const columns = TABLE_COLUMNS[table];
  if (columns === undefined) throw new Error(`there is no table ${table}`);
  const row: FactRow = {};
  for (const [name, value] of Object.entries(given)) {
    const type = columns[name]?.type;
    if (type === undefined) throw new Error(`${table} has no column ${name}`);
    row[name] = type === 'instant' && typeof value === 'string' ? Date.parse(value) : value;
  }
  const key = table.startsWith('table_') ? 'row' : ROW_KEYS[table];
  const defaults: FactRow = {
    ...(key === undefined ? {} : { [key]: number }),
    ...(table === 'messages' ? { sent: 1 } : {}),
    ...(table === 'messages' && given['charge'] !== undefined ? { charged: 1, currency } : {}),
    ...(table === 'people' ? { kind: 'account' } : {}),
  };
  return { ...defaults, ...row };
}
