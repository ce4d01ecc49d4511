import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dashboard } from '../contract/dashboard.ts';
import type { Problem } from '../contract/errors.ts';
import { DEFAULT_IDENTITY, type IdentityRules } from '../contract/identity.ts';
import type { TableSpec } from '../contract/model.ts';
import type { SourceGroups } from '../contract/source-groups.ts';
import { didYouMean } from '../contract/suggest.ts';
import type { ChannelSpec, Rate, Workspace } from '../contract/workspace.ts';
import { checkDashboard, checkDefaults } from './check-dashboard.ts';
import { checkModel } from './check-model.ts';
import { checkRates } from './check-rates.ts';
import { checkTables } from './check-tables.ts';
import { checkPack, checkWorkspace, mergeChannels } from './check-workspace.ts';
import type { CheckedModel } from './checked.ts';
import { parseYaml } from './parse-yaml.ts';
import { problemAt, type SourceDocument } from './source-document.ts';

export interface WorkspaceFolders {
  /** The team's folder with `turnout.yaml`; null or missing means all defaults. */
  folder: string | null;
  /** Folder with one folder per pack. */
  packsFolder: string;
}

export interface LoadedWorkspace {
  workspace: Workspace;
  /** Channels of the packs, then the workspace's own. */
  channels: ChannelSpec[];
  /** null while a model file has a problem. */
  model: CheckedModel | null;
  dashboards: Dashboard[];
  /** `tables/*.yaml` without a mistake: tables that people brought. */
  tables: TableSpec[];
  rates: Rate[];
  /** `source_groups.yaml`: the packs' lists and rules, or the workspace's own rules over them. */
  sourceGroups: SourceGroups;
  /** `identity.yaml`. */
  identity: IdentityRules;
  /** `sources/*.yaml`, unread: the connectors' part parses them. */
  sourceFiles: { path: string; text: string }[];
  /** Everything that a person has to mend, all at once. */
  problems: Problem[];
}

interface TextFile {
  /** As people know it: relative to the workspace, or `packs/<name>/…`. */
  path: string;
  text: string;
}

/**
 * Reads a workspace: `turnout.yaml`, its packs, its own tables, metrics, dashboards, rates and sources. The only file of this part
 * that touches the disk. Missing files and folders are fine; broken ones are problems; nothing is thrown for what people wrote.
 */
export async function loadWorkspace({ folder, packsFolder }: WorkspaceFolders): Promise<LoadedWorkspace> {
  const problems: Problem[] = [];
  const read = (files: TextFile[]): SourceDocument[] =>
    files.flatMap(({ path, text }) => {
      const parsed = parseYaml(path, text);
      problems.push(...parsed.problems);
      return parsed.documents;
    });
  const own = async (name: string): Promise<TextFile[]> =>
    folder === null ? [] : readYamlFiles(join(folder, name), name);

  const packNames = await folderNames(packsFolder);
  const workspaceSource =
    folder === null ? undefined : read(await readOptional(join(folder, 'turnout.yaml'), 'turnout.yaml'))[0];
  const checked = checkWorkspace(workspaceSource, packNames);
  const { workspace } = checked;
  problems.push(...checked.problems);

  const packChannels: ChannelSpec[] = [];
  const modelDocuments: SourceDocument[] = [];
  const packDashboards: SourceDocument[] = [];
  const menu: string[] = [];
  for (const name of workspace.packs.filter((pack) => packNames.includes(pack))) {
    const shown = `packs/${name}`;
    const [head] = read(await readOptional(join(packsFolder, name, 'pack.yaml'), `${shown}/pack.yaml`));
    if (head === undefined)
      problems.push({
        code: 'missing_file',
        path: `${shown}/pack.yaml`,
        message: `The pack "${name}" has no pack.yaml.`,
      });
    else {
      const { pack, problems: packProblems } = checkPack(head, name);
      problems.push(...packProblems);
      packChannels.push(...(pack?.channels ?? []));
      menu.push(...(pack?.dashboards ?? []));
    }
    modelDocuments.push(...read(await readYamlFiles(join(packsFolder, name, 'model'), `${shown}/model`)));
    packDashboards.push(...read(await readYamlFiles(join(packsFolder, name, 'dashboards'), `${shown}/dashboards`)));
  }

  const channels = mergeChannels(packChannels, workspace.channels);
  modelDocuments.push(...read(await own('metrics')));
  const { problems: tableProblems, ...tables } = checkTables(read(await own('tables')));
  problems.push(...tableProblems);
  const { model, problems: modelProblems } = checkModel(modelDocuments, workspace, channels, tables);
  problems.push(...modelProblems);

  const rates = read(await own('rates')).flatMap((source) => {
    const result = checkRates(source, channels);
    problems.push(...result.problems);
    return result.rates;
  });
  const ownDashboards = read(await own('dashboards'));
  const dashboards =
    model === null ? [] : inOrder(checkDashboards(model, packDashboards, ownDashboards, problems), menu);
  if (model !== null && workspaceSource !== undefined)
    problems.push(...checkOverrides(workspaceSource, model, dashboards));
  return {
    workspace,
    channels,
    model,
    dashboards,
    tables: [...tables.tables],
    rates,
    sourceGroups: { lists: {}, rules: [] },
    identity: DEFAULT_IDENTITY,
    sourceFiles: await own('sources'),
    problems,
  };
}

/** A workspace's dashboard replaces the pack's of the same name in its place. */
function checkDashboards(
  model: CheckedModel,
  fromPacks: SourceDocument[],
  own: SourceDocument[],
  problems: Problem[],
): Dashboard[] {
  const byName = new Map<string, Dashboard>();
  for (const sources of [fromPacks, own]) {
    const here = new Set<string>();
    for (const source of sources) {
      const { dashboard, problems: found } = checkDashboard(source, model);
      problems.push(...found);
      if (dashboard === null) continue;
      if (here.has(dashboard.name))
        problems.push(
          problemAt(source, ['name'], 'duplicate_name', `The dashboard "${dashboard.name}" is declared twice.`),
        );
      here.add(dashboard.name);
      byName.set(dashboard.name, dashboard);
    }
  }
  return [...byName.values()];
}

function inOrder(dashboards: Dashboard[], menu: readonly string[]): Dashboard[] {
  const rank = ({ name }: Dashboard) => (menu.includes(name) ? menu.indexOf(name) : menu.length);
  return dashboards.toSorted((a, b) => rank(a) - rank(b));
}

function checkOverrides(source: SourceDocument, model: CheckedModel, dashboards: Dashboard[]): Problem[] {
  const names = dashboards.map((dashboard) => dashboard.name);
  return Object.entries(model.workspace.dashboards).flatMap(([name, defaults]) => {
    const pointer = ['dashboards', name];
    const problems = checkDefaults(source, defaults, model, pointer);
    if (names.includes(name)) return problems;
    const message = `There is no dashboard "${name}" to set defaults for.`;
    return [...problems, problemAt(source, pointer, 'unknown_dashboard', message, didYouMean(name, names))];
  });
}

async function readYamlFiles(folder: string, shown: string): Promise<TextFile[]> {
  const names = (await entriesOf(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const files = await Promise.all(names.map((name) => readOptional(join(folder, name), `${shown}/${name}`)));
  return files.flat();
}

async function readOptional(file: string, shown: string): Promise<TextFile[]> {
  try {
    return [{ path: shown, text: await readFile(file, 'utf8') }];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function folderNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
