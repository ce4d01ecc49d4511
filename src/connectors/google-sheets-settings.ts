import { z } from 'zod';
import { columnName } from '../contract/column-name.ts';
import type { Problem } from '../contract/errors.ts';
import { rowMapping } from '../contract/mapping.ts';
import { parseRange } from './google-sheets-range.ts';
import { readServiceAccountKey, type ServiceAccountKey } from './google-token.ts';
import { compileMapping } from './mapping/compile-mapping.ts';

const SHEETS_ORIGIN = 'https://sheets.googleapis.com';
const DOCS_ORIGIN = 'https://docs.google.com';
/** Where Google keeps the files that a published link leads to. */
const FILE_HOSTS = '*.googleusercontent.com';

const sheetShape = {
  /** `A1:G`, `'My sheet'!A3:G`, or the name of a sheet. */
  range: z
    .string()
    .max(300)
    .refine((text) => parseRange(text) !== undefined, "a range such as A1:G or 'My sheet'!A1:G")
    .optional(),
  /** The number behind `gid=` in the link of a sheet: it stays when the sheet is renamed. */
  gid: z
    .union([z.number().int().min(0), z.string().regex(/^\d{1,12}$/, 'the number behind gid= in the link')])
    .optional(),
  /** Row of the header; the first row of the range where absent. */
  header_row: z.number().int().min(1).max(1000).optional(),
  /** How rows become records. Rows of a table, as they stand, where absent. */
  mapping: rowMapping.optional(),
  /** Without a mapping: the table that the rows go into; named after the sheet where absent. */
  table: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _ only')
    .optional(),
};

const sheet = z.strictObject({ name: z.string().min(1).max(200).optional(), ...sheetShape });

export const googleSheetsSettings = z
  .strictObject({
    /** The JSON key of a service account: its text, or the object. */
    service_account: z.union([z.string().min(8).max(20_000), z.looseObject({})]).optional(),
    /** Id of the spreadsheet, or its link. */
    spreadsheet: z.string().min(1).max(500).optional(),
    /** Link of File → Share → Publish to web. */
    published_url: z.string().max(1000).optional(),
    ...sheetShape,
    sheets: z.array(sheet).min(1).max(100).optional(),
    /** Another host that speaks as Google does; for tests and relays. */
    base_url: z.url({ protocol: /^https?$/ }).optional(),
    token_url: z.url({ protocol: /^https?$/ }).optional(),
  })
  .superRefine((settings, context) => {
    const problem = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { service_account: account, published_url: published } = settings;
    if ((account === undefined) === (published === undefined))
      problem([], 'Give either service_account (with spreadsheet) or published_url.');
    if (account !== undefined) {
      const key = readServiceAccountKey(account);
      if ('problem' in key) problem(['service_account'], key.problem);
      if (settings.spreadsheet === undefined || spreadsheetId(settings.spreadsheet) === undefined)
        problem(['spreadsheet'], 'Give the link of the spreadsheet, or the id in it between /d/ and /edit.');
    } else if (published !== undefined && publishedUrl(published, undefined, settings.base_url) === undefined) {
      problem(
        ['published_url'],
        'This is not a published link: take the one of File → Share → Publish to web, as CSV.',
      );
    }
    const simple = Object.keys(sheetShape).filter((key) => settings[key as keyof typeof sheetShape] !== undefined);
    if (settings.sheets !== undefined && simple.length > 0)
      problem([simple[0] ?? 'range'], `Write ${simple.join(', ')} into sheets, or leave sheets out.`);
    const names = new Set<string>();
    for (const [index, each] of sheetsOf(settings).entries()) {
      const path = settings.sheets === undefined ? [] : ['sheets', index];
      if (names.has(each.stream))
        problem([...path, 'name'], `Two sheets are called "${each.stream}": name them apart.`);
      names.add(each.stream);
      if (each.mapping?.record === 'row' && each.mapping.table === undefined)
        problem([...path, 'mapping', 'table'], 'Rows go into a table of the workspace: name it with table.');
      if (each.mapping?.record === 'deletion')
        problem([...path, 'mapping', 'record'], 'A sheet cannot hold deletions: what is no longer in it is deleted.');
      for (const mistake of mappingMistakes(each.mapping))
        problem(
          [...path, 'mapping', ...mistake.path.split('.')],
          [mistake.message, mistake.hint].filter(Boolean).join(' '),
        );
      if (settings.sheets !== undefined && each.mapping !== undefined && settings.sheets[index]?.table !== undefined)
        problem([...path, 'table'], 'The mapping names the table; leave table out.');
    }
  });

export type GoogleSheetsSettings = z.infer<typeof googleSheetsSettings>;
type SheetMapping = NonNullable<z.infer<typeof sheet>['mapping']>;

/** One sheet to read, with everything filled in. */
export interface SheetToRead {
  stream: string;
  /** Its title, where it is found by that. */
  title?: string;
  gid?: string;
  firstColumn: number;
  lastColumn?: number;
  firstRow: number;
  lastRow?: number;
  headerRow: number;
  mapping?: SheetMapping;
  /** Where the rows go without a mapping. */
  table: string;
}

/** The sheets of a source in order; a source without `sheets` has one. */
export function sheetsOf(settings: Omit<z.input<typeof googleSheetsSettings>, 'service_account'>): SheetToRead[] {
  const { name: _, ...one } = { name: undefined, ...settings };
  return (settings.sheets ?? [one]).map((each) => {
    const { sheet: inRange, ...cells } = parseRange(each.range ?? '') ?? { firstColumn: 0, firstRow: 1 };
    const named = 'name' in each ? each.name : undefined;
    const title = inRange ?? named;
    const stream = named ?? inRange ?? (each.gid === undefined ? 'sheet' : `gid ${each.gid}`);
    return {
      stream,
      ...cells,
      ...(title === undefined ? {} : { title }),
      ...(each.gid === undefined ? {} : { gid: String(each.gid) }),
      headerRow: each.header_row ?? cells.firstRow,
      ...(each.mapping === undefined ? {} : { mapping: each.mapping }),
      table: each.mapping?.table ?? each.table ?? columnName(stream, new Set(), 'sheet'),
    };
  });
}

/** What is wrong with a mapping whatever the sheet looks like. */
function mappingMistakes(mapping: SheetMapping | undefined): Problem[] {
  if (mapping === undefined || mapping.record === 'deletion') return [];
  const columns = [...(mapping.key ?? []), ...mapping.columns.flatMap(({ column }) => column ?? [])];
  // The source's defaults are not known here; a channel is the one thing that they can stand in for.
  const { problems } = compileMapping(mapping, { columns, timeZone: 'UTC', defaults: { channel: 'any' } });
  return problems.filter(({ code }) => code !== 'no_table');
}

/** The id in a link, or the id itself; undefined for anything else. */
export function spreadsheetId(text: string): string | undefined {
  const linked = /\/spreadsheets\/(?:u\/\d+\/)?d\/([A-Za-z0-9_-]{10,200})/.exec(text)?.[1];
  return linked ?? (/^[A-Za-z0-9_-]{10,200}$/.test(text.trim()) ? text.trim() : undefined);
}

/** The CSV behind a published link (also of the page that people see), of one of its sheets; undefined for another link. */
export function publishedUrl(text: string, gid: string | undefined, base: string | undefined): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (url.origin !== (base === undefined ? DOCS_ORIGIN : new URL(base).origin)) return undefined;
  const path = /^\/spreadsheets\/(?:u\/\d+\/)?d\/(e\/)?([A-Za-z0-9_-]{10,200})\/(pub|pubhtml|export)$/.exec(
    url.pathname,
  );
  if (path === null || (path[3] === 'export') === (path[1] !== undefined)) return undefined;
  const chosen = gid ?? url.searchParams.get('gid');
  const query = new URLSearchParams(path[3] === 'export' ? { format: 'csv' } : { single: 'true', output: 'csv' });
  if (chosen !== null) query.set('gid', chosen);
  url.pathname = url.pathname.replace(/pubhtml$/, 'pub');
  return `${url.origin}${url.pathname}?${query}`;
}

export function apiOrigin(settings: GoogleSheetsSettings): string {
  return settings.base_url === undefined ? SHEETS_ORIGIN : new URL(settings.base_url).origin;
}

/** Hosts that a published link may lead to. */
export function publishedRedirects(settings: GoogleSheetsSettings): string[] {
  return settings.base_url === undefined ? [FILE_HOSTS] : [FILE_HOSTS, new URL(settings.base_url).hostname];
}

/** Checked by the schema: there is one where there is no published link. */
export function serviceAccountOf(settings: GoogleSheetsSettings): ServiceAccountKey | undefined {
  if (settings.service_account === undefined) return undefined;
  const key = readServiceAccountKey(settings.service_account);
  if ('problem' in key) return undefined;
  return settings.token_url === undefined ? key : { ...key, tokenUrl: settings.token_url };
}
