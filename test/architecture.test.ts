import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Holds the import table of docs/architecture.md: edges, cycles, purity, file sizes. */

const root = resolve(import.meta.dirname, '..');
const table = readImportTable(readFileSync(join(root, 'docs', 'architecture.md'), 'utf8'));
const files = ['src', 'web', 'packs'].flatMap((folder) => listFiles(join(root, folder)));
const sources = new Map(files.map((file) => [relative(root, file), readFileSync(file, 'utf8')]));
const isTest = (file: string) => /\.test\.tsx?$/.test(file);

/** Justified by name: files that are one thing and longer than 500 lines. */
const LONG_FILES: Record<string, string> = {};

function readImportTable(page: string): Map<string, Set<string>> {
  const rows = page.split('\n').filter((line) => /^\| [a-z]+ \| [a-z*, ]*\|$/.test(line));
  return new Map(
    rows.map((line) => {
      const [, part = '', allowed = ''] = line.split('|').map((cell) => cell.trim());
      return [part, new Set(allowed.split(',').map((name) => name.trim()))];
    }),
  );
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** `src/query/run.ts` → query; `src/server.ts` → root; `web/…` → web. */
function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  if (top !== 'src') return top;
  return second.includes('.') ? 'root' : second;
}

function importsOf(file: string): string[] {
  const text = sources.get(file) ?? '';
  return [...text.matchAll(/(?<!')(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

function resolveImport(file: string, specifier: string): string {
  return relative(root, resolve(root, dirname(file), specifier));
}

test('the table was read', () => {
  expect(table.get('model')).toEqual(new Set(['contract']));
  expect(table.size).toBeGreaterThan(12);
});

describe('imports', () => {
  test('every part of the house is in the table', () => {
    const parts = new Set([...sources.keys()].map(partOf));
    expect([...parts].filter((part) => !table.has(part))).toEqual([]);
  });

  test('no part imports what the table does not allow', () => {
    const wrong: string[] = [];
    for (const file of sources.keys()) {
      if (isTest(file)) continue;
      const allowed = table.get(partOf(file)) ?? new Set();
      for (const specifier of importsOf(file).filter((each) => each.startsWith('.'))) {
        const target = partOf(resolveImport(file, specifier));
        if (target !== partOf(file) && !allowed.has(target) && !allowed.has('*')) wrong.push(`${file} → ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('contract imports zod and nothing else from npm', () => {
    const wrong = [...sources.keys()]
      .filter((file) => partOf(file) === 'contract' && !isTest(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((each) => !each.startsWith('.') && each !== 'zod')
          .map((each) => `${file} → ${each}`),
      );
    expect(wrong).toEqual([]);
  });

  test('there is no cycle between files', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]): void => {
      if (state.get(file) === 'done' || !sources.has(file)) return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const specifier of importsOf(file).filter((each) => each.startsWith('.')))
        visit(resolveImport(file, specifier), [...path, file]);
      state.set(file, 'done');
    };
    for (const file of sources.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

describe('purity', () => {
  const pure = new Set(['contract', 'model', 'sql', 'query']);
  /** The one file of a pure part that reads files. */
  const readers = new Set(['src/model/load-workspace.ts']);

  test('pure parts do no I/O and read neither clock nor environment nor chance', () => {
    const forbidden =
      /\bDate\.now\(|\bnew Date\(\)|\bprocess\.|\bMath\.random\(|\bfetch\(|from 'node:(fs|net|http|child_process|worker_threads|os)/;
    const wrong = [...sources]
      .filter(([file]) => pure.has(partOf(file)) && !isTest(file) && !readers.has(file))
      .filter(([, text]) => forbidden.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
      .map(([file]) => file);
    expect(wrong).toEqual([]);
  });

  test('only render.ts makes RenderedSql, and only chart.tsx imports ECharts', () => {
    const casts = [...sources]
      .filter(([file, text]) => / as RenderedSql/.test(text) && !isTest(file))
      .map(([file]) => file);
    expect(casts).toEqual(['src/sql/render.ts']);
    const charts = [...sources.keys()].filter(
      (file) => importsOf(file).some((each) => each.startsWith('echarts')) && !isTest(file),
    );
    expect(charts.filter((file) => !file.startsWith('web/charts/'))).toEqual([]);
    expect(charts.length).toBeLessThanOrEqual(1);
  });
});

test('files stay one room: at most 500 lines, or justified by name', () => {
  const long = [...sources]
    .filter(([file, text]) => text.split('\n').length > 500 && !(file in LONG_FILES))
    .map(([file]) => file);
  expect(long).toEqual([]);
});
