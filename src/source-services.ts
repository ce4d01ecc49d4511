import { z } from 'zod';
import { CONNECTORS, PULL_CONNECTORS } from './connectors/registry.ts';
import { parseSources, type Source } from './connectors/sources.ts';
import type { ConnectorInfo, SourceDetail } from './contract/api.ts';
import { TurnoutError } from './contract/errors.ts';
import type { PullConnector } from './contract/pull.ts';
import { maskSettings } from './contract/secret-keys.ts';
import type { SourceDeclaration } from './contract/source.ts';
import { createEgressPolicy } from './egress/policy.ts';
import { checkTarget } from './egress/resolve-target.ts';
import type { SourceActions } from './http/services.ts';
import type { Journal } from './journal/entry.ts';
import { appendOrder } from './journal-orders.ts';
import { labelOf } from './model/labels.ts';
import { proposeTable, takenTableNames } from './model/propose-table.ts';
import { recordAudit } from './store/audit.ts';
import { loadRun, updateRun } from './store/runs.ts';
import type { ControlDatabase } from './store/tables.ts';
import type { Sync } from './sync/sync.ts';
import { separateSecrets, unmaskSettings } from './workspace/keep-secrets.ts';
import { loadSecrets, saveSecrets } from './workspace/secrets-file.ts';
import { findSource, newSourceFile, replaceSource, type SourceText } from './workspace/source-files.ts';
import { changeWorkspace } from './workspace/write-files.ts';
import type { WorkspaceFiles } from './workspace-files.ts';

export interface SourceServicesOptions {
  sync: Sync;
  journal: Pick<Journal, 'append'>;
  control: ControlDatabase;
  clock: () => number;
  /** The workspace as it is open now. */
  current(): {
    sources: readonly Source[];
    files: readonly SourceText[];
    allow: readonly string[];
    loaded: WorkspaceFiles['loaded'];
  };
  /** Folder of the files that people write. */
  workspaceFolder: string;
  /** Folder of the workspace's data: secrets typed into the page. */
  dataFolder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The sample's sources cannot be changed. */
  sample: boolean;
  /** Opens the workspace with its files as they are now. */
  reload(): Promise<void>;
}

/** Every connector with the JSON Schema of its settings. */
export function describeConnectors(): ConnectorInfo[] {
  return [...CONNECTORS.values()].map((connector) => ({
    name: connector.name,
    title: connector.title,
    mode: modeOf(PULL_CONNECTORS.get(connector.name)),
    settings: z.toJSONSchema(connector.settings, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>,
    ...(connector.guide === undefined ? {} : { guide: connector.guide }),
  }));
}

/** One that is read and sends as well is one that is read. */
function modeOf(pull: PullConnector | undefined): ConnectorInfo['mode'] {
  return pull === undefined ? 'push' : (pull.mode ?? 'pull');
}

/** What people do with sources. Every change is in the audit trail. */
export function createSourceActions(options: SourceServicesOptions): SourceActions {
  const { sync, control, clock, journal } = options;
  const audit = (actor: string, action: string, detail: string) =>
    recordAudit(control, { at: clock(), actor, action, detail });
  const find = (name: string): Source => {
    const source = options.current().sources.find((one) => one.name === name);
    if (source === undefined) throw new TurnoutError('not_found', `There is no source "${name}".`);
    return source;
  };
  const findRead = (name: string): Source => {
    const source = find(name);
    if (source.pull === undefined)
      throw new TurnoutError(
        'conflict',
        `"${name}" sends by itself; there is nothing to read. See its address on its page.`,
      );
    return source;
  };
  const checkOwn = () => {
    if (options.sample)
      throw new TurnoutError(
        'conflict',
        'This is the sample workspace. Remove the sample to connect sources of your own.',
      );
  };
  /** Nobody stands behind the sample's sources. */
  const findReadable = (name: string): Source => {
    const source = findRead(name);
    if (options.sample)
      throw new TurnoutError(
        'conflict',
        'This is the sample workspace: its sources were read once and are read no more. Remove the sample to connect your own.',
      );
    return source;
  };

  /** As it would be after saving. @throws TurnoutError with every mistake */
  const resolve = async (
    declaration: SourceDeclaration,
    secrets: Readonly<Record<string, string>>,
  ): Promise<Source> => {
    const file = newSourceFile(declaration);
    const { sources, problems } = parseSources([file], { ...options.env, ...secrets });
    const [source] = sources;
    if (problems.length > 0 || source === undefined)
      throw new TurnoutError('invalid_request', problems.map(({ message }) => message).join(' '), problems);
    await checkTargets(source, options.current().allow);
    return source;
  };

  /** Secrets go into their own file, which is as it was where the declaration cannot be written or opened. */
  const save = async (
    declaration: SourceDeclaration,
    fileOf: (kept: SourceDeclaration) => SourceText,
    replace: boolean,
  ): Promise<{ name: string; file: string }> => {
    const { declaration: kept, secrets: typed } = separateSecrets(declaration);
    const before = await loadSecrets(options.dataFolder);
    const secrets = { ...before, ...typed };
    await resolve(kept, secrets);
    const file = fileOf(kept);
    await saveSecrets(options.dataFolder, secrets);
    await changeWorkspace(options, [file], { replace, undo: () => saveSecrets(options.dataFolder, before) });
    return { name: declaration.name, file: file.path };
  };

  return {
    async syncNow(name, actor) {
      findReadable(name);
      const run = await sync.runNow(name);
      await audit(actor, 'source.sync', `${name} is read now.`);
      return run;
    },
    async stop(name, actor) {
      findRead(name);
      const stopped = sync.stop(name);
      if (stopped) await audit(actor, 'source.stop', `The run of ${name} was stopped.`);
      return stopped;
    },
    async pause(name, paused, actor) {
      findRead(name);
      await sync.pause(name, paused);
      await audit(actor, 'source.pause', `${name} was ${paused ? 'paused' : 'resumed'}.`);
    },
    async fullRefresh(name, actor) {
      findReadable(name);
      const run = await sync.fullRefresh(name);
      await audit(actor, 'source.full_refresh', `${name} is read anew as a whole.`);
      return run;
    },
    async countBackfill(name, range) {
      findReadable(name);
      return sync.countBackfill(name, range);
    },
    async backfill(name, range, actor) {
      findReadable(name);
      const run = await sync.backfill(name, range);
      await audit(actor, 'source.backfill', `${name} is read again from ${range.from} to ${range.to}.`);
      return run;
    },
    async test(name) {
      const source = findReadable(name);
      await checkTargets(source, options.current().allow);
      return sync.test(source);
    },
    async testDeclaration(declaration) {
      const full = unmasked(declaration, options.current().files);
      const source = await resolve(full, await loadSecrets(options.dataFolder));
      if (source.pull === undefined)
        return [
          {
            stream: source.name,
            ok: true,
            detail: 'It sends by itself: save it, then paste its address into the service.',
            elapsed_ms: 0,
            rows: null,
            columns: [],
            sample: [],
          },
        ];
      return sync.test(source);
    },
    async acknowledgeChange(name, id) {
      find(name);
      await sync.acknowledgeChange(id);
    },
    async declareTable(name, wish, actor) {
      checkOwn();
      const stream = findRead(name)
        .pull?.streams(find(name).settings)
        .find((one) => one.name === wish.stream);
      if (stream?.record !== 'row' || stream.table === undefined)
        throw new TurnoutError('not_found', `"${name}" has no stream "${wish.stream}" whose rows go into a table.`);
      const { loaded } = options.current();
      if (loaded.tables.some(({ table }) => table === stream.table))
        throw new TurnoutError(
          'conflict',
          `The table "${stream.table}" is declared already: change tables/${stream.table}.yaml.`,
        );
      if (takenTableNames(loaded).includes(stream.table))
        throw new TurnoutError(
          'conflict',
          `"${stream.table}" is the name of something else in the model. Give the stream another table in its settings.`,
        );
      const { files, dashboard } = proposeTable({
        name: stream.table,
        label: labelOf(stream.table),
        columns: wish.columns,
        timeZone: loaded.workspace.time_zone,
        currency: loaded.workspace.currency,
        model: loaded.model,
      });
      await changeWorkspace(options, files);
      await audit(actor, 'table.declare', `The table ${stream.table} was declared for ${name}.`);
      return { dashboard: `/d/${dashboard}`, files: files.map(({ path }) => path) };
    },
    async create(declaration, actor) {
      checkOwn();
      if (findSource(options.current().files, declaration.name) !== null)
        throw new TurnoutError(
          'conflict',
          `There is a source "${declaration.name}" already. Choose another name, or change that one.`,
        );
      const saved = await save(declaration, newSourceFile, false);
      await audit(actor, 'source.create', `${declaration.name} was connected (${declaration.connector}).`);
      return saved;
    },
    async update(name, declaration, actor) {
      checkOwn();
      const found = findSource(options.current().files, name);
      if (found === null) throw new TurnoutError('not_found', `There is no source "${name}".`);
      if (declaration.name !== name)
        throw new TurnoutError(
          'invalid_request',
          'The name of a source stays: what it brought is kept under it. Connect a new source for another name.',
        );
      const fileOf = (kept: SourceDeclaration): SourceText => {
        const file = replaceSource(found.file, name, kept);
        if (file === null) throw new Error('the source was there a moment ago');
        return file;
      };
      const saved = await save(unmasked(declaration, [found.file]), fileOf, true);
      await audit(actor, 'source.update', `The settings of ${name} were changed.`);
      return saved;
    },
    async undoBatch(id, actor) {
      const run = await loadRun(control, id);
      if (run === undefined || run.file === null)
        throw new TurnoutError('not_found', `Run ${id} did not bring a file, so it cannot be taken back.`);
      if (run.state === 'running')
        throw new TurnoutError('conflict', 'The import is still running. Wait until it has ended.');
      if (run.undone === 1) throw new TurnoutError('conflict', 'This import was taken back already.');
      if (run.first_seq !== null && run.last_seq !== null)
        await appendOrder(journal, run.source, clock(), {
          control: 'undo',
          first_seq: run.first_seq,
          last_seq: run.last_seq,
        });
      await updateRun(control, id, { undone: 1 });
      sync.lookAgain();
      await audit(actor, 'import.undo', `The file "${run.file}" of ${run.source} was taken back.`);
    },
  };
}

/** A source's declaration as it may be shown, with its file. */
export function describeDeclaration(
  files: readonly SourceText[],
  name: string,
): Pick<SourceDetail, 'declaration' | 'file'> {
  const found = findSource(files, name);
  if (found === null) return { declaration: {}, file: '' };
  const { settings, ...rest } = found.declaration;
  return { declaration: { ...rest, settings: maskSettings(settings) }, file: found.file.path };
}

/** Masked parts take the value that is saved. */
function unmasked(declaration: SourceDeclaration, files: readonly SourceText[]): SourceDeclaration {
  const saved = findSource(files, declaration.name)?.declaration['settings'];
  return { ...declaration, settings: unmaskSettings(declaration.settings, saved) as SourceDeclaration['settings'] };
}

/** @throws TurnoutError('invalid_request') for an address that must not be asked; names are looked up */
async function checkTargets(source: Source, allow: readonly string[]): Promise<void> {
  if (source.pull === undefined) return;
  const policy = createEgressPolicy({ allow });
  const targets = source.pull.targets(source.settings);
  const messages = await Promise.all(targets.map(({ host, port }) => checkTarget(host, port, policy)));
  const problems = messages.flatMap((message) =>
    message === undefined ? [] : [{ code: 'forbidden_address', path: 'settings', message }],
  );
  if (problems.length > 0)
    throw new TurnoutError('invalid_request', problems.map(({ message }) => message).join(' '), problems);
}
