import { didYouMean } from '../contract/suggest.ts';
import { keyColumns, type PostgresStream, streamName } from './postgres-settings.ts';
import { recordFields, requiredReferences } from './record-fields.ts';

/** What a source's `defaults` can fill in. */
const FILLED_BY_DEFAULTS = new Set(['channel']);
const ATTRIBUTES = 'attributes.';

/** Columns that a record cannot be without (a sentence, the stream cannot be read) and columns that nothing takes (a sentence). */
export function columnProblems(
  stream: PostgresStream,
  columns: readonly string[],
): { missing?: string; unknown?: string } {
  if (stream.record === 'row') return {};
  const fields = recordFields(stream.record);
  const paths = [...fields.keys()];
  const used = new Set([...keyColumns(stream), stream.cursor, stream.deleted]);
  const unknown = columns.filter((column) => !fields.has(column) && !used.has(column) && !isAttribute(column, fields));
  const name = streamName(stream);
  const missing = [...fields.values()].find(
    ({ path, required }) => required && !columns.includes(path) && !FILLED_BY_DEFAULTS.has(path),
  );
  const reference = requiredReferences(stream.record).find(
    (one) => !columns.some((column) => column.startsWith(`${one}.`) && fields.has(column)),
  );
  const lacks = missing?.path ?? (reference === undefined ? undefined : `${reference}.email`);
  const result: { missing?: string; unknown?: string } = {};
  if (lacks !== undefined) {
    const near = unknown.find((column) => didYouMean(column, [lacks]) !== undefined);
    const others = reference === undefined ? '' : ` (or ${reference}.phone, ${reference}.external_id)`;
    result.missing = `The query of stream "${name}" has no column "${lacks}"${others}, which every ${stream.record} needs: name one with AS "${lacks}".${near === undefined ? '' : ` Is it "${near}"?`}`;
  }
  if (unknown.length > 0) {
    const hints = unknown.flatMap((column) => didYouMean(column, paths) ?? []).slice(0, 1);
    result.unknown = [
      `Stream "${name}": ${unknown.map((column) => `"${column}"`).join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not known in records of kind ${stream.record} and left aside.`,
      ...hints,
    ].join(' ');
  }
  return result;
}

/** `attributes.plan` of a person. */
export function isAttribute(column: string, fields: ReadonlyMap<string, unknown>): boolean {
  return column.startsWith(ATTRIBUTES) && column.length > ATTRIBUTES.length && fields.has('attributes');
}

export function attributeName(column: string): string {
  return column.slice(ATTRIBUTES.length);
}
