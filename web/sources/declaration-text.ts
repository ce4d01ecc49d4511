import { LineCounter, parseDocument, stringify } from 'yaml';

/** A source's declaration as people write it: YAML, of which JSON is a part. Pure. */

export type ReadDeclaration =
  | {
      ok: true;
      declaration: Record<string, unknown>;
      /** The line, 1-based, on which a path such as `settings.streams.0.query` stands, or the nearest part above it. */
      lineOf(path: string): number | null;
    }
  | { ok: false; line: number | null; message: string };

export function readDeclaration(text: string): ReadDeclaration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake) return { ok: false, line: lines.linePos(mistake.pos[0]).line, message: `${mistake.message}.` };
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      ok: false,
      line: null,
      message: 'Write the source as “name: …”, “connector: …” and “settings: …”, one below the other.',
    };
  }
  return {
    ok: true,
    declaration: value as Record<string, unknown>,
    lineOf(path) {
      const steps = path
        .replace(/^.*\.ya?ml: /, '')
        .replace(/^(declaration|sources\.\d+)(\.|$)/, '')
        .split('.')
        .filter(Boolean)
        .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
      for (let length = steps.length; length > 0; length--) {
        const node = document.getIn(steps.slice(0, length), true) as { range?: [number, number, number] } | undefined;
        if (node?.range) return lines.linePos(node.range[0]).line;
      }
      return null;
    },
  };
}

/** A declaration as text to read and to change; long lines, queries above all, stay as they are. */
export function declarationText(declaration: Record<string, unknown>): string {
  return stringify(declaration, { lineWidth: 0 });
}
