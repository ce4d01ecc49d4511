import { columnName } from '../../contract/column-name.ts';
import type { TableColumnType } from '../../contract/facts.ts';
import type { MappingRecord, RowMapping } from '../../contract/mapping.ts';
import type { TableSpec } from '../../contract/model.ts';
import { fieldsOfKind, isMappedKind, type MappedKind } from './field-specs.ts';
import { inferType, settledDateOrder } from './infer-type.ts';
import { type Match, matchColumns } from './match-columns.ts';
import { normaliseLabel } from './normalise-label.ts';
import { hasDecimalComma, readNumber } from './read-number.ts';

export interface GuessColumn {
  name: string;
  /** Values that say something. */
  samples: readonly string[];
  /** What describeColumns found; inferred from the samples where absent. */
  type?: TableColumnType;
}

export interface GuessContext {
  timeZone: string;
  country?: string | undefined;
  /** Tables that exist: a file with the columns of one is more rows of it. */
  tables?: readonly TableSpec[];
}

export interface MappingGuess {
  kind: MappedKind;
  mapping: RowMapping;
  /** Field → how sure the guess is, 0 to 1. */
  confidence: Record<string, number>;
}

/** Which fields the columns of a file are, by their names, types and the shape of their values. Pure. */
export function guessMapping(
  columns: readonly GuessColumn[],
  kind: MappingRecord | undefined,
  context: GuessContext,
): MappingGuess {
  const typed = columns.map((column) => ({ ...column, type: column.type ?? inferType(column.samples) }));
  const table = kind === undefined || kind === 'row' ? tableOf(typed, context.tables ?? []) : undefined;
  const chosen =
    kind !== undefined && isMappedKind(kind) ? kind : table === undefined ? guessKind(typed, context) : 'row';
  const format = guessFormat(typed);
  if (chosen === 'row') return guessRow(typed, table, format);
  const matches = matchColumns(typed, fieldsOfKind(chosen), context.country);
  return {
    kind: chosen,
    mapping: {
      record: chosen,
      columns: matches.map(({ field, column }) => ({ field, column })),
      ...format,
    },
    confidence: Object.fromEntries(matches.map(({ field, confidence }) => [field, confidence])),
  };
}

type TypedColumn = GuessColumn & { type: TableColumnType };

/** The kind whose own columns the file has; a table of one's own where none fits. */
function guessKind(columns: readonly TypedColumn[], context: GuessContext): MappedKind {
  const found = (kind: MappedKind): Map<string, number> =>
    new Map(matchColumns(columns, fieldsOfKind(kind), context.country).map((one) => [one.field, one.confidence]));
  const sure = (matches: ReadonlyMap<string, number>, field: string): boolean => (matches.get(field) ?? 0) >= 0.7;
  const named = (matches: ReadonlyMap<string, number>): boolean =>
    [...matches.keys()].some((field) => /(^|\.)(email|phone|external_id)$/.test(field));

  const report = found('webinar_report');
  if (
    named(report) &&
    sure(report, 'registered_at') &&
    (sure(report, 'joined_at') || sure(report, 'attended') || sure(report, 'approval'))
  ) {
    return 'webinar_report';
  }
  const attendance = found('attendance');
  if (
    sure(attendance, 'joined_at') &&
    named(attendance) &&
    (sure(attendance, 'left_at') || attendance.has('minutes') || attendance.has('seconds'))
  ) {
    return 'attendance';
  }
  const message = found('message_event');
  const states = [...message.keys()].filter((field) =>
    /^(sent|delivered|read|opened|clicked|failed)_at$/.test(field),
  ).length;
  const hasTime = states > 0 || message.has('at');
  if ((named(message) || message.has('message_id')) && ((sure(message, 'status') && hasTime) || states >= 2))
    return 'message_event';
  const invitation = found('invitation');
  if ((invitation.get('invited_at') ?? 0) >= 0.9 && named(invitation)) return 'invitation';
  const registration = found('registration');
  if (sure(registration, 'registered_at') && named(registration) && registration.has('webinar_id'))
    return 'registration';
  const activity = found('activity');
  if (named(activity) && sure(activity, 'at') && sure(activity, 'feature')) return 'activity';
  const person = found('person');
  const numbers = columns.filter(({ type }) => type === 'number' || type === 'integer').length;
  return named(person) && person.size * 2 >= columns.length && numbers <= 2 ? 'person' : 'row';
}

function guessFormat(columns: readonly TypedColumn[]): Pick<RowMapping, 'decimal' | 'date_order'> {
  const dates = columns.filter(({ type }) => type === 'date' || type === 'time').flatMap(({ samples }) => samples);
  const order = settledDateOrder(dates);
  const numbers = columns.filter(({ type }) => type === 'number').flatMap(({ samples }) => samples);
  const commas = numbers.filter(hasDecimalComma).length;
  const points = numbers.filter((text) => readNumber(text, ',') === undefined).length;
  return {
    ...(commas > points ? { decimal: ',' as const } : {}),
    ...(order === undefined || order === 'open' ? {} : { date_order: order }),
  };
}

/** The table whose columns these are, whatever their order. */
function tableOf(columns: readonly TypedColumn[], tables: readonly TableSpec[]): TableSpec | undefined {
  const names = new Set(columns.map(({ name }) => normaliseLabel(name)));
  return tables.find((table) =>
    table.columns.every((column) => names.has(normaliseLabel(column.from ?? column.label ?? column.name))),
  );
}

function guessRow(
  columns: readonly TypedColumn[],
  table: TableSpec | undefined,
  format: Pick<RowMapping, 'decimal' | 'date_order'>,
): MappingGuess {
  const taken = new Set<string>(['row', 'source']);
  const known = new Map(
    (table?.columns ?? []).map((column) => [normaliseLabel(column.from ?? column.label ?? column.name), column]),
  );
  const matches = columns.map(({ name, type }, index): Match & { type: TableColumnType } => {
    const column = known.get(normaliseLabel(name));
    const field = column?.name ?? columnName(name, taken, `column_${index + 1}`);
    taken.add(field);
    return { field, column: name, confidence: 1, type: column?.type ?? type };
  });
  return {
    kind: 'row',
    mapping: {
      record: 'row',
      ...(table === undefined ? {} : { table: table.table }),
      columns: matches.map(({ field, column, type }) => ({ field, column, type })),
      ...format,
    },
    confidence: Object.fromEntries(matches.map(({ field, confidence }) => [field, confidence])),
  };
}
