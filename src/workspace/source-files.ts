import { type Document, isMap, isSeq, parseDocument, stringify } from 'yaml';
import type { SourceDeclaration } from '../contract/source.ts';

/** Source files as text: a new one is written readable, in an old one only the source at hand is changed; comments stay. */

export interface SourceText {
  path: string;
  text: string;
}

/** A file of its own for a new source. */
export function newSourceFile(declaration: SourceDeclaration): SourceText {
  const text = stringify({ version: 1, sources: [tidy(declaration)] }, { lineWidth: 110 });
  return { path: `sources/${declaration.name}.yaml`, text };
}

/** The file that declares a source, with its declaration as written (`\${NAME}` unread). */
export function findSource(
  files: readonly SourceText[],
  name: string,
): { file: SourceText; declaration: Record<string, unknown> } | null {
  for (const file of files) {
    const found = placeOf(parseDocument(file.text), name);
    if (found !== null) return { file, declaration: found.declaration };
  }
  return null;
}

/** The file with another declaration in the place of this source. Returns null where the file does not declare it. */
export function replaceSource(file: SourceText, name: string, declaration: SourceDeclaration): SourceText | null {
  const document = parseDocument(file.text);
  const found = placeOf(document, name);
  if (found === null) return null;
  document.setIn(['sources', found.index], document.createNode(tidy(declaration)));
  return { path: file.path, text: document.toString({ lineWidth: 110 }) };
}

function placeOf(document: Document, name: string): { index: number; declaration: Record<string, unknown> } | null {
  const sources = document.get('sources');
  if (!isSeq(sources)) return null;
  const index = sources.items.findIndex((item) => isMap(item) && item.get('name') === name);
  const item = sources.items[index];
  return isMap(item) ? { index, declaration: item.toJS(document) as Record<string, unknown> } : null;
}

/** Without parts that say nothing. */
function tidy(declaration: SourceDeclaration): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declaration).filter(
      ([, value]) =>
        value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  );
}
