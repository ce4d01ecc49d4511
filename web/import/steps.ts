import type { ImportField, ImportInfo, ImportKind } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import { countedRows } from './file-words.ts';
import { columnOf, isMapped, nameProblem } from './mapping-edits.ts';

/** The way through an import: which steps there are, which of them ask something, and what still stands in the way. Pure. */

export const STEPS = ['file', 'kind', 'match', 'values', 'check', 'import'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_LABELS: Record<Step, string> = {
  file: 'File',
  kind: 'One row',
  match: 'Columns',
  values: 'Values',
  check: 'Check',
  import: 'Import',
};

const STEP_TITLES: Record<Step, string> = {
  file: 'Does the file look right?',
  kind: 'What is one row?',
  match: 'Which column is what?',
  values: 'How are the values meant?',
  check: 'What would be counted',
  import: 'Import',
};

/** Something that must be settled before the rows can be checked. */
export interface Obstacle {
  step: Step;
  /** Field it is about, the first of `among`. */
  field?: string;
  /** Any of these would do. */
  among?: readonly string[];
  message: string;
}

/** The step that an address names (`?step=match`), null where it names none. */
export function parseStep(search: string): Step | null {
  const named = new URLSearchParams(search).get('step');
  return STEPS.find((step) => step === named) ?? null;
}

export const formatStep = (step: Step): string => `?step=${step}`;

/** Where a file without a step in its address stands. `known`: its header was seen before, so nothing has to be asked. */
export function firstStep(info: ImportInfo): Step | 'known' {
  if (info.state === 'running' || info.state === 'done' || info.state === 'undone' || info.run !== null)
    return 'import';
  if (info.state === 'failed') return 'file';
  return info.saved !== null ? 'known' : 'file';
}

/** The step after this one; steps that ask nothing are passed over. */
export function stepAfter(step: Step, asksValues: boolean): Step {
  const next = STEPS[STEPS.indexOf(step) + 1] ?? 'import';
  return next === 'values' && !asksValues ? 'check' : next;
}

export function stepBefore(step: Step, asksValues: boolean): Step | null {
  const before = STEPS[STEPS.indexOf(step) - 1] ?? null;
  return before === 'values' && !asksValues ? 'match' : before;
}

/** What has to be settled, in the order of the steps. */
export function obstaclesOf(info: ImportInfo, kind: ImportKind | undefined, mapping: RowMapping): Obstacle[] {
  if (kind === undefined) return [{ step: 'kind', message: 'Say what one row of the file is.' }];
  const found =
    mapping.record === 'row'
      ? tableObstacles(mapping)
      : [...fieldObstacles(kind, mapping), ...groupObstacles(kind, mapping)];
  if (mapping.date_order === undefined && ambiguousColumns(info, mapping).length > 0)
    found.push({ step: 'values', message: 'Say which comes first in the dates: the day or the month.' });
  return found;
}

function fieldObstacles(kind: ImportKind, mapping: RowMapping): Obstacle[] {
  return kind.fields
    .filter((field) => field.required && !isMapped(columnOf(mapping, field.name)))
    .map((field) => ({
      step: 'match',
      field: field.name,
      message: `${field.label}: choose its column, or a value that is the same for every row.`,
    }));
}

/** Where one of several fields will do. What is asked here early is judged by the check of the rows. */
function groupObstacles(kind: ImportKind, mapping: RowMapping): Obstacle[] {
  const has = (names: readonly string[]): boolean => names.some((name) => isMapped(columnOf(mapping, name)));
  const named = (ending: string): string[] =>
    kind.fields.map((field) => field.name).filter((name) => name.endsWith(ending));
  if (kind.record === 'message_event') {
    const times = named('_at');
    if (!has(['status', ...times]))
      return [
        {
          step: 'match',
          field: 'status',
          message: 'A message needs its status, or the time of a state such as Sent at.',
        },
      ];
    if (!has(times) && !has(['at']))
      return [
        { step: 'match', field: 'at', message: 'The status needs a time: choose the column for Time of the status.' },
      ];
    return [];
  }
  const identities = ['email', 'phone', 'external_id'].flatMap(named);
  const [first] = identities;
  return first === undefined || has(identities)
    ? []
    : [
        {
          step: 'match',
          field: first,
          among: identities,
          message: 'Choose the column that says who it is: e-mail, phone or your own id.',
        },
      ];
}

function tableObstacles(mapping: RowMapping): Obstacle[] {
  if (mapping.columns.length === 0) return [{ step: 'match', message: 'Choose at least one column to keep.' }];
  const seen = new Set<string>();
  return mapping.columns.flatMap(({ field }): Obstacle[] => {
    const problem = seen.has(field)
      ? `Two columns are called ${field}. Give one of them another name.`
      : nameProblem(field);
    seen.add(field);
    return problem === null ? [] : [{ step: 'match', field, message: problem }];
  });
}

/** Columns in use whose dates can be read in two ways. */
export function ambiguousColumns(info: ImportInfo, mapping: RowMapping): ImportInfo['columns'] {
  return info.columns.filter(
    (column) => column.ambiguous_dates === true && mapping.columns.some((one) => one.column === column.name),
  );
}

/** Fields with a fixed list of values that come from a column. */
export function optionFields(kind: ImportKind | undefined, mapping: RowMapping): ImportField[] {
  return (kind?.fields ?? []).filter(
    (field) => field.options !== undefined && columnOf(mapping, field.name)?.column !== undefined,
  );
}

/** Reports of webinar tools are in the zone of their account, which they do not say: it is asked where times have none of their own. */
export function asksZone(info: ImportInfo, mapping: RowMapping): boolean {
  return (
    mapping.record === 'webinar_report' &&
    info.columns.some(
      (column) =>
        column.type === 'time' &&
        mapping.columns.some((one) => one.column === column.name) &&
        column.samples.some((sample) => !WITH_ZONE.test(sample)),
    )
  );
}

/** `Z`, `+01:00`, `EST`. */
const WITH_ZONE = /(?:Z|[+-]\d{2}:?\d{2}|\b(?:UTC|GMT|[A-Z]{2,4}T))\s*$/;

/** Whether the values step has a question whose answer cannot be taken for granted. */
export function asksValues(info: ImportInfo, kind: ImportKind | undefined, mapping: RowMapping): boolean {
  return (
    ambiguousColumns(info, mapping).length > 0 ||
    optionFields(kind, mapping).length > 0 ||
    asksZone(info, mapping) ||
    (info.check?.unmapped_values.length ?? 0) > 0
  );
}

/** The step where rows that were rejected for this can be mended. */
export function stepForReason(column: string | null, kind: ImportKind | undefined, mapping: RowMapping): Step {
  if (column === null) return 'match';
  const uses = mapping.columns.filter((one) => one.column === column);
  if (uses.length === 0) return 'file';
  const types = uses.map((one) => one.type ?? kind?.fields.find((field) => field.name === one.field)?.type ?? 'text');
  const valued = ['date', 'time', 'phone', 'number', 'integer', 'boolean'];
  const listed = uses.some((one) => kind?.fields.find((field) => field.name === one.field)?.options !== undefined);
  if (mapping.record === 'row' && types.some((type) => type !== 'date' && type !== 'time')) return 'match';
  return listed || types.some((type) => valued.includes(type)) ? 'values' : 'match';
}

/** Steps that cannot be opened yet: an unreadable file has only its first one, and only what can be counted can be imported. */
export function closedSteps(info: ImportInfo, obstacles: readonly Obstacle[]): Set<Step> {
  if (info.columns.length === 0) return new Set(STEPS.filter((step) => step !== 'file'));
  return new Set([
    ...(obstacles.length > 0 ? (['check'] as const) : []),
    ...(info.check === null || countedRows(info) === 0 ? (['import'] as const) : []),
  ]);
}

/** The heading of where one is. */
export function flowTitle(step: Step | 'known', info: ImportInfo): string {
  if (step === 'known') return `Recognised: ${info.saved?.label ?? info.file}`;
  if (step === 'file' && info.columns.length === 0) return 'This file cannot be read';
  if (step !== 'import') return STEP_TITLES[step];
  if (info.state === 'running') return 'Importing';
  if (info.state === 'done') return 'Imported';
  if (info.state === 'failed') return 'The import failed';
  return info.state === 'undone' ? 'Taken back' : STEP_TITLES.import;
}
