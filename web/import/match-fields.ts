import type { ImportColumn, ImportField, ImportKind } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import { columnOf } from './mapping-edits.ts';
import type { Obstacle } from './steps.ts';

/** Which fields the matching table shows. Pure. */

/** Fields that few files have wait behind a button: neither required nor matched, now or when the step was opened, nor asked for. */
export function isFolded(
  field: ImportField,
  matchedAtFirst: ReadonlySet<string>,
  mapping: RowMapping,
  obstacles: readonly Obstacle[],
): boolean {
  return (
    !field.required &&
    !matchedAtFirst.has(field.name) &&
    columnOf(mapping, field.name) === undefined &&
    !obstacles.some((one) => one.field === field.name || one.among?.includes(field.name))
  );
}

const ATTRIBUTE = 'attributes.';

/** Whether columns that are no field of ours can be kept with the record. */
export const keepsAttributes = (kind: ImportKind): boolean =>
  kind.fields.some((field) => field.name.startsWith(ATTRIBUTE));

/** Columns under their own names; characters that a name cannot have become spaces. */
export function keepAsAttributes(mapping: RowMapping, columns: readonly ImportColumn[]): RowMapping {
  const taken = new Set(mapping.columns.map((one) => one.field));
  const added = columns.flatMap((column) => {
    const name = column.name
      .replaceAll(/[^\p{L}\p{N}_.-]+/gu, ' ')
      .trim()
      .slice(0, 100);
    const field = ATTRIBUTE + name;
    if (name === '' || taken.has(field)) return [];
    taken.add(field);
    return [{ field, column: column.name, type: column.type }];
  });
  return { ...mapping, columns: [...mapping.columns, ...added] };
}

/** Attributes that are matched although no kind lists them. */
export function furtherFields(kind: ImportKind, mapping: RowMapping): ImportField[] {
  const known = new Set(kind.fields.map((field) => field.name));
  return mapping.columns
    .filter((one) => one.field.startsWith(ATTRIBUTE) && !known.has(one.field))
    .map((one) => ({
      name: one.field,
      label: one.field.slice(ATTRIBUTE.length),
      required: false,
      type: one.type ?? 'text',
      synonyms: [],
    }));
}
