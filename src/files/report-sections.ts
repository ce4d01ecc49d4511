import type { TableCell } from '../contract/table-page.ts';
import { isBlank } from './header-row.ts';

/** Labels that stand alone above a table of their own in reports of webinar platforms. */
const LABEL =
  /^(?:(?:attendee|host|panell?ist|registrant|participant|registration|session|poll|webinar|general|other)s? (?:report|details|information|attended)|attendees who (?:attended|did not attend))$/i;

/** The text of a section's label; undefined where the row is none. */
export function sectionLabel(cells: readonly TableCell[]): string | undefined {
  const [first] = cells;
  if (typeof first !== 'string' || first.length > 60) return undefined;
  const text = first.replace(/[,;:\s]+$/, '').trim();
  if (!LABEL.test(text)) return undefined;
  return cells.every((cell, index) => index === 0 || isBlank(cell)) ? text : undefined;
}

/** The section that people mean: who came, then who signed up, then the longest. */
export function mainSection(sections: readonly { label: string; rows: number }[]): string | undefined {
  const named = (pattern: RegExp) => sections.find(({ label, rows }) => rows > 0 && pattern.test(label))?.label;
  const longest = [...sections].sort((a, b) => b.rows - a.rows)[0];
  return (
    named(/^attendee details$/i) ??
    named(/^attendees who attended$/i) ??
    named(/^(?:registrant|participant)s? details$/i) ??
    longest?.label
  );
}
