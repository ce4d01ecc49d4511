import { parseDocument } from 'yaml';
import type { Connector, PushConnector } from '../contract/connector.ts';
import type { Problem } from '../contract/errors.ts';
import type { PullConnector } from '../contract/pull.ts';
import { type SourceDeclaration, type SourceDefaults, sourceFile } from '../contract/source.ts';
import { didYouMean } from '../contract/suggest.ts';
import { readVariables } from './environment-values.ts';
import { CONNECTORS, PULL_CONNECTORS, PUSH_CONNECTORS } from './registry.ts';
import { shapeProblems } from './shape-problems.ts';

/** A source that is ready: to receive where it has `push`, to be read where it has `pull`, to take files where it has neither; one may have both. */
export interface Source {
  name: string;
  /** For people; the name where the file gives none. */
  label: string;
  connector: Connector;
  /** The same connector, where the service sends. */
  push?: PushConnector;
  /** The same connector, where Turnout reads. */
  pull?: PullConnector;
  /** Checked by the connector's own schema. */
  settings: unknown;
  defaults: SourceDefaults;
  declaration: SourceDeclaration;
}

export interface SourceFileText {
  /** Shown in problems, e.g. `sources/main.yaml`. */
  path: string;
  text: string;
}

/**
 * Reads `sources/*.yaml`. A source with a mistake is left out and reported; the others stand. Problems carry
 * `<file>: <dotted path>` and never a secret. `unusable` names sources that are declared but cannot be used yet; `places` says
 * where each declared source stands, as problems do.
 */
export function parseSources(
  files: readonly SourceFileText[],
  env: Readonly<Record<string, string | undefined>>,
): { sources: Source[]; unusable: string[]; problems: Problem[]; places: ReadonlyMap<string, string> } {
  const sources: Source[] = [];
  const unusable: string[] = [];
  const problems: Problem[] = [];
  const places = new Map<string, string>();
  for (const file of files) {
    const declarations = parseFile(file, problems);
    for (const [index, declaration] of declarations) {
      const place = `${file.path}: sources.${index}`;
      const earlier = places.get(declaration.name);
      if (earlier !== undefined) {
        problems.push({
          code: 'duplicate_source',
          path: `${place}.name`,
          message: `The name "${declaration.name}" is taken by another source (${earlier}).`,
          hint: 'Give each source its own name: it is the address /hooks/<name>.',
        });
        continue;
      }
      places.set(declaration.name, place);
      const source = resolveSource(declaration, place, env, problems);
      if (source !== undefined) sources.push(source);
      else unusable.push(declaration.name);
    }
  }
  return { sources, unusable, problems, places };
}

/** The declarations of a file with their place in it; one that is malformed is reported and skipped. */
function parseFile(file: SourceFileText, problems: Problem[]): [number, SourceDeclaration][] {
  const document = parseDocument(file.text);
  const syntax = document.errors[0];
  if (syntax !== undefined) {
    const line = syntax.linePos?.[0].line;
    problems.push({
      code: 'invalid_yaml',
      path: line === undefined ? file.path : `${file.path}: line ${line}`,
      message: `This is not valid YAML: ${syntax.message.split('\n')[0]?.replace(/ at line .*$/, '')}.`,
    });
    return [];
  }
  const value: unknown = readDocument(document);
  const whole = sourceFile.safeParse(value);
  if (whole.success) return [...whole.data.sources.entries()];
  const { sources: list, ...head } =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  problems.push(...shapeProblems(whole.error, sourceFile, value, `${file.path}: `));
  if (!Array.isArray(list) || !sourceFile.safeParse({ ...head, sources: [] }).success) return [];
  const element = sourceFile.shape.sources.element;
  return list.flatMap((item, index): [number, SourceDeclaration][] => {
    const one = element.safeParse(item);
    return one.success ? [[index, one.data]] : [];
  });
}

/** Aliases that grow without bound are refused by the parser; they read as an empty file here and fail the shape. */
function readDocument(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

function resolveSource(
  declaration: SourceDeclaration,
  place: string,
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): Source | undefined {
  const connector = CONNECTORS.get(declaration.connector);
  if (connector === undefined) {
    const known = [...CONNECTORS.keys()];
    problems.push({
      code: 'unknown_connector',
      path: `${place}.connector`,
      message: `There is no connector "${declaration.connector}". Known are ${known.join(', ')}.`,
      ...hintOf(didYouMean(declaration.connector, known)),
    });
    return undefined;
  }
  const read = readVariables(declaration.settings, `${place}.settings`, env);
  if (read.problems.length > 0) {
    problems.push(...read.problems);
    return undefined;
  }
  const settings = connector.settings.safeParse(read.value);
  if (!settings.success) {
    problems.push(...shapeProblems(settings.error, connector.settings, read.value, `${place}.settings`));
    return undefined;
  }
  const push = PUSH_CONNECTORS.get(connector.name);
  const pull = PULL_CONNECTORS.get(connector.name);
  return {
    name: declaration.name,
    label: declaration.label ?? declaration.name,
    connector,
    ...(push === undefined ? {} : { push }),
    ...(pull === undefined ? {} : { pull }),
    settings: settings.data,
    defaults: declaration.defaults,
    declaration,
  };
}

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
