import type { Problem } from '../../contract/errors.ts';
import type { Column } from '../../contract/facts.ts';
import type { Predicate } from '../../contract/model.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type DatasetDraft, type Draft, findDataset, isText, tableColumns } from '../draft.ts';
import { parametersIn } from '../parameters.ts';
import { parsePredicate } from '../parse-predicate.ts';
import { type Pointer, problemAt, type SourceDocument } from '../source-document.ts';
import { unknownParameter } from './parameters.ts';
import type { Rule } from './rule.ts';

interface FilterText {
  text: string;
  source: SourceDocument;
  pointer: Pointer;
  /** What the filter may read, by name; empty where that is unknown. */
  columns: ReadonlyMap<string, Column>;
  of: string;
  /** Numbers that the reader moves may stand in it. */
  movable: boolean;
}

/** Every filter can be read, names columns that exist and compares them with values of their type. */
export const filtersAreSound: Rule = (draft) => {
  const parameters = draft.parameters.map(({ spec }) => spec.name);
  return filterTexts(draft).flatMap((filter) => checkFilter(filter, parameters));
};

function filterTexts(draft: Draft): FilterText[] {
  const onDataset = (
    text: string | undefined,
    dataset: DatasetDraft | undefined,
    source: SourceDocument,
    pointer: Pointer,
    movable: boolean,
  ): FilterText[] =>
    text === undefined
      ? []
      : [
          {
            text,
            source,
            pointer,
            columns: dataset?.columns ?? new Map(),
            of: `dataset "${dataset?.spec.dataset}"`,
            movable,
          },
        ];

  return [
    ...draft.datasets.flatMap((dataset) => [
      ...onDataset(dataset.spec.filter, dataset, dataset.source, ['filter'], false),
      ...(dataset.spec.union ?? []).flatMap((branch, index) =>
        branch.filter === undefined
          ? []
          : [
              {
                text: branch.filter,
                source: dataset.source,
                pointer: ['union', index, 'filter'],
                columns: tableColumns(branch.table, draft.tables),
                of: `table "${branch.table}"`,
                movable: false,
              },
            ],
      ),
    ]),
    ...draft.metrics.flatMap((metric) =>
      metric.spec.type === 'simple'
        ? onDataset(
            metric.spec.filter,
            findDataset(draft, metric.dataset),
            metric.source,
            [...metric.pointer, 'filter'],
            true,
          )
        : [],
    ),
    ...draft.funnels.flatMap((funnel) =>
      funnel.spec.steps.flatMap((step, index) =>
        onDataset(
          step.filter,
          findDataset(draft, step.dataset),
          funnel.source,
          [...funnel.pointer, 'steps', index, 'filter'],
          true,
        ),
      ),
    ),
  ];
}

function checkFilter(
  { text, source, pointer, columns, of, movable }: FilterText,
  parameters: readonly string[],
): Problem[] {
  const parsed = parsePredicate(text);
  if (!parsed.ok) {
    const message = `The filter cannot be read at character ${parsed.position + 1}: ${parsed.message}`;
    return [problemAt(source, pointer, 'invalid_filter', message)];
  }
  const wrongParameters = parametersIn(parsed.value).flatMap((name): Problem[] => {
    if (!movable) {
      const message = `The filter reads the parameter "$${name}": only filters of metrics and funnel steps may.`;
      return [problemAt(source, pointer, 'parameter_place', message, 'Put it into the metrics.')];
    }
    return parameters.includes(name) ? [] : [unknownParameter(source, pointer, name, parameters)];
  });
  if (wrongParameters.length > 0 || columns.size === 0) return wrongParameters;
  return partsOf(parsed.value).flatMap((part) => {
    const column = columns.get(part.column);
    if (column === undefined) {
      const message = `The filter reads "${part.column}", which is no column of the ${of}.`;
      return [problemAt(source, pointer, 'unknown_column', message, didYouMean(part.column, columns.keys()))];
    }
    const wrong = mismatch(part, column);
    return wrong === undefined ? [] : [problemAt(source, pointer, 'filter_type', wrong)];
  });
}

type Leaf = Exclude<Predicate, { kind: 'and' | 'or' | 'not' }>;

function partsOf(predicate: Predicate): Leaf[] {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.parts.flatMap(partsOf);
    case 'not':
      return partsOf(predicate.part);
    default:
      return [predicate];
  }
}

function mismatch(part: Leaf, column: Column): string | undefined {
  const name = `"${part.column}"`;
  switch (part.kind) {
    case 'flag':
      return column.type === 'flag'
        ? undefined
        : `${name} is of type ${column.type}; only a flag stands alone in a filter.`;
    case 'null':
      return column.nullable === true
        ? undefined
        : `${name} always has a value, so "is null" says nothing.${isText(column) ? ` Nothing known is ''.` : ''}`;
    case 'compare':
      if (typeof part.value !== 'object') return valueMismatch(name, column, part.value);
      return column.type === 'integer' || column.type === 'decimal'
        ? undefined
        : `${name} is of type ${column.type}; a parameter is compared with a column that holds a number.`;
    case 'in':
      return part.values.map((value) => valueMismatch(name, column, value)).find((wrong) => wrong !== undefined);
  }
}

function valueMismatch(name: string, column: Column, value: string | number | boolean): string | undefined {
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  switch (column.type) {
    case 'category':
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `${name} holds text; compare it with a text in quotes, not ${shown}.`;
    case 'integer':
    case 'decimal':
    case 'person':
      return typeof value === 'number' ? undefined : `${name} holds a number; compare it with a number, not ${shown}.`;
    case 'flag':
      return typeof value === 'boolean'
        ? undefined
        : `${name} is a flag; write ${name.slice(1, -1)} or not ${name.slice(1, -1)}.`;
    default:
      return `${name} is of type ${column.type} and cannot be compared in a filter.`;
  }
}
