import { isMap, isPair, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Problem } from '../contract/errors.ts';
import type { Pointer, SourceDocument } from './source-document.ts';

/** Reads a YAML file of one or more documents. A document that is not YAML is a problem with its line, never a throw; empty documents are left out. */
export function parseYaml(path: string, text: string): { documents: SourceDocument[]; problems: Problem[] } {
  const lines = new LineCounter();
  const documents: SourceDocument[] = [];
  const problems: Problem[] = [];
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of document.errors) {
      problems.push({
        code: 'invalid_yaml',
        path: `${path}:${lines.linePos(error.pos[0]).line}`,
        message: `This is not valid YAML: ${error.message}.`,
      });
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    const root: Node = document.contents;
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push({
        code: 'invalid_yaml',
        path,
        message: `This is not valid YAML: ${error instanceof Error ? error.message : String(error)}.`,
      });
      continue;
    }
    if (value === null) continue;
    documents.push({ path, document: value, lineOf: (pointer) => lineOf(root, pointer, lines) });
  }
  return { documents, problems };
}

function lineOf(root: Node, pointer: Pointer, lines: LineCounter): number | undefined {
  let offset = root.range?.[0];
  let node: unknown = root;
  for (const step of pointer) {
    const next = childOf(node, step);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function childOf(node: unknown, step: string | number): { node: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && keyOf(item.key) === String(step));
    if (pair === undefined) return undefined;
    return { node: pair.value, offset: rangeStart(pair.key) ?? rangeStart(pair.value) };
  }
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { node: item, offset: rangeStart(item) };
  }
  return undefined;
}

function keyOf(key: unknown): string {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key);
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}
