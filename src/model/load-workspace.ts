import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dashboard } from '../contract/dashboard.ts';
import type { Problem } from '../contract/errors.ts';
import type { IdentityRules } from '../contract/identity.ts';
import type { TableSpec } from '../contract/model.ts';
import { didYouMean } from '../contract/suggest.ts';
import type { ChannelSpec, Rate, Workspace } from '../contract/workspace.ts';
import { checkDashboard, checkDefaults } from './check-dashboard.ts';
import { checkIdentity, IDENTITY_FILE } from './check-identity.ts';
import { checkModel } from './check-model.ts';
import { checkRates } from './check-rates.ts';
import { type CheckedSourceGroups, checkSourceGroups, SOURCE_GROUPS_FILE } from './check-source-groups.ts';
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

export interface LoadedWorkspace extends CheckedSourceGroups {
  workspace: Workspace;
  /** Channels of the packs, then the workspace's own. */
  channels: ChannelSpec[];
  /** null while a model file has a problem. */
  model: CheckedModel | null;
  dashboards: Dashboard[];
  /** `tables/*.yaml` without a mistake: tables that people brought. */
  tables: TableSpec[];
  rates: Rate[];
  /** `identity.yaml`; the standard rules where there is none. */
  identity: IdentityRules;
  /** The workspace has an `identity.yaml`. */
  ownIdentity: boolean;
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
  const ownFile = async (name: string): Promise<SourceDocument[]> =>
    folder === null ? [] : read(await readOptional(join(folder, name), name));

  const packNames = await packsIn(packsFolder);
  const [workspaceSource] = await ownFile('turnout.yaml');
  const checked = checkWorkspace(workspaceSource, packNames);
  const { workspace } = checked;
  problems.push(...checked.problems);

  const packChannels: ChannelSpec[] = [];
  const modelDocuments: SourceDocument[] = [];
  const packDashboards: SourceDocument[] = [];
  const packSourceGroups: SourceDocument[] = [];
  const menu: string[] = [];
  for (const name of workspace.packs.filter((pack) => packNames.includes(pack))) {
    const shown = `packs/${name}`;
    const [head] = read(await readOptional(join(packsFolder, name, 'pack.yaml'), `${shown}/pack.yaml`));
    if (head !== undefined) {
      const { pack, problems: packProblems } = checkPack(head, name);
      problems.push(...packProblems);
      packChannels.push(...(pack?.channels ?? []));
      menu.push(...(pack?.dashboards ?? []));
    }
    modelDocuments.push(...read(await readYamlFiles(join(packsFolder, name, 'model'), `${shown}/model`)));
    packDashboards.push(...read(await readYamlFiles(join(packsFolder, name, 'dashboards'), `${shown}/dashboards`)));
    const groups = join(packsFolder, name, SOURCE_GROUPS_FILE);
    packSourceGroups.push(...read(await readOptional(groups, `${shown}/${SOURCE_GROUPS_FILE}`)));
  }

  const channels = mergeChannels(packChannels, workspace.channels);
  modelDocuments.push(...read(await own('metrics')));
  const { problems: tableProblems, ...tables } = checkTables(read(await own('tables')));
  problems.push(...tableProblems);
  const { model, problems: modelProblems } = checkModel(modelDocuments, workspace, channels, tables);
  problems.push(...modelProblems);

  const { problems: groupProblems, ...groups } = checkSourceGroups(packSourceGroups, await ownFile(SOURCE_GROUPS_FILE));
  const { problems: identityProblems, ...identity } = checkIdentity(await ownFile(IDENTITY_FILE));
  problems.push(...groupProblems, ...identityProblems);
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
    ...groups,
    ...identity,
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

/** Names of the folders that hold a pack.yaml. */
async function packsIn(folder: string): Promise<string[]> {
  const names = (await entriesOf(folder)).sort();
  const found = await Promise.all(
    names.map(async (name) => (await entriesOf(join(folder, name))).includes('pack.yaml')),
  );
  return names.filter((_, index) => found[index] === true);
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
