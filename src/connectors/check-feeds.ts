import type { Problem } from '../contract/errors.ts';
import { type RowMapping, rowMapping } from '../contract/mapping.ts';
import type { TableSpec } from '../contract/model.ts';
import { didYouMean } from '../contract/suggest.ts';
import type { Source } from './sources.ts';

type Step = string | number;

/**
 * Sources whose rows would go into a table that `tables/*.yaml` does not declare, or into a column that the table does not have.
 * @param places where each source is declared, from `parseSources`
 */
export function checkFeeds(
  sources: readonly Pick<Source, 'name' | 'connector' | 'settings' | 'declaration'>[],
  tables: readonly TableSpec[],
  places: ReadonlyMap<string, string>,
): Problem[] {
  return sources.flatMap(({ name, connector, settings, declaration }) => {
    const place = `${places.get(name) ?? name}.settings`;
    const at = (pointer: readonly Step[]) => [place, ...pointer].join('.');
    const wanted = new Set(
      connector.feeds(settings).flatMap((feed) => (feed.record === 'row' ? (feed.table ?? []) : [])),
    );
    return [
      ...[...wanted].flatMap((table) => checkTable(table, tables, at(pointerTo(declaration.settings, table)))),
      ...mappingsIn(declaration.settings).flatMap(({ mapping, pointer }) => checkColumns(mapping, tables, at(pointer))),
    ];
  });
}

function checkTable(table: string, tables: readonly TableSpec[], path: string): Problem[] {
  const names = tables.map((spec) => spec.table);
  if (names.includes(table)) return [];
  const hint = didYouMean(table, names) ?? `Declare it in tables/${table}.yaml.`;
  return [
    { code: 'unknown_table', path, message: `Its rows are for the table "${table}", which is not declared.`, hint },
  ];
}

function checkColumns(mapping: RowMapping, tables: readonly TableSpec[], path: string): Problem[] {
  const table = tables.find((spec) => spec.table === mapping.table);
  if (mapping.record !== 'row' || table === undefined) return [];
  const names = table.columns.flatMap(({ name, from }) => (from === undefined ? [name] : [name, from]));
  return mapping.columns.flatMap(({ field }, index) => {
    if (names.includes(field)) return [];
    const hint = didYouMean(field, names);
    return [
      {
        code: 'unknown_column',
        path: `${path}.columns.${index}.field`,
        message: `The table "${table.table}" has no column "${field}".`,
        ...(hint === undefined ? {} : { hint }),
      },
    ];
  });
}

/** Where the settings say `table: <name>`; the settings themselves where that cannot be found. */
function pointerTo(settings: unknown, table: string): readonly Step[] {
  return partsOf(settings).find(({ value, pointer }) => value === table && pointer.at(-1) === 'table')?.pointer ?? [];
}

function mappingsIn(settings: unknown): { mapping: RowMapping; pointer: readonly Step[] }[] {
  return partsOf(settings).flatMap(({ value, pointer }) => {
    const parsed = rowMapping.safeParse(value);
    return parsed.success ? [{ mapping: parsed.data, pointer }] : [];
  });
}

function partsOf(value: unknown, pointer: readonly Step[] = []): { value: unknown; pointer: readonly Step[] }[] {
  const inner =
    typeof value !== 'object' || value === null
      ? []
      : Array.isArray(value)
        ? [...value.entries()]
        : Object.entries(value);
  return [{ value, pointer }, ...inner.flatMap(([step, part]) => partsOf(part, [...pointer, step]))];
}
