import type { TableCell } from '../contract/table-page.ts';
import { isBlank } from './header-row.ts';

/** What a report of a webinar platform says of itself before its table: which webinar, when, how long. */

export interface ReportFact {
  /** `Report: Webinar ID`: no column of the table is called so. */
  name: string;
  value: TableCell;
}

/** Rows before the table that are looked at. */
export const FACT_ROWS = 60;

/** Counts and times of the report itself differ from download to download: they are not of the webinar. */
const OF_THE_WEBINAR =
  /^(?:topic|(?:webinar|session|event|conference) (?:name|title|id|key)|title|(?:actual |scheduled )?(?:start|date)(?: ?(?:date|time|\/))*|(?:actual |scheduled )?duration(?: \(?(?:minutes|min)\)?)?)$/i;

/** Facts in the rows before a table: names with their values in the row below, or a name with its value beside it. Each once. */
export function reportFacts(rows: readonly (readonly TableCell[])[]): ReportFact[] {
  const facts = new Map<string, TableCell>();
  for (const [index, row] of rows.entries()) {
    const named = row.map(factName);
    const below = rows[index + 1] ?? [];
    const isPair =
      row.filter((cell) => !isBlank(cell)).length === 2 && named[0] !== undefined && named[1] === undefined;
    if (isPair) keep(facts, named[0], row[1]);
    else if (named.filter((name) => name !== undefined).length > 1)
      for (const [column, name] of named.entries()) keep(facts, name, below[column]);
  }
  return [...facts].map(([name, value]) => ({ name: `Report: ${name}`, value }));
}

function factName(cell: TableCell): string | undefined {
  if (typeof cell !== 'string' || cell.length > 60) return undefined;
  const name = cell.replace(/[:\s]+$/, '').trim();
  return OF_THE_WEBINAR.test(name) ? name : undefined;
}

function keep(facts: Map<string, TableCell>, name: string | undefined, value: TableCell | undefined): void {
  if (name !== undefined && value !== undefined && !isBlank(value) && !facts.has(name)) facts.set(name, value);
}
