import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, TurnoutError } from './contract/errors.ts';
import type { SourceGroups, SourceRule } from './contract/source-groups.ts';
import { UNASSIGNED } from './contract/words.ts';
import type { SourceGroupServices } from './http/services.ts';
import { checkSourceRules, SOURCE_GROUPS_FILE } from './model/check-source-groups.ts';
import { fieldsOfPreview, groupOrder, previewSourceGroups } from './query/preview-source-groups.ts';
import type { RunStatement } from './query/query-context.ts';
import { createSourceTouches } from './query/source-touches.ts';
import { recordAudit } from './store/audit.ts';
import type { ControlDatabase } from './store/tables.ts';
import { sourceGroupsText } from './workspace/rule-files.ts';
import { changeWorkspace } from './workspace/write-files.ts';
import type { WorkspaceFiles } from './workspace-files.ts';

export interface RuleServicesOptions {
  run: RunStatement;
  control: ControlDatabase;
  clock: () => number;
  /** The workspace as it is open now. */
  current(): WorkspaceFiles;
  /** Folder of the files that people write. */
  workspaceFolder: string;
  /** The sample's rules cannot be changed. */
  sample: boolean;
  /** Opens the workspace with its files as they are now. */
  reload(): Promise<void>;
}

/** The rules of traffic sources: what holds, what other rules would do, and other rules from now on. */
export function createSourceGroupServices(options: RuleServicesOptions): SourceGroupServices {
  const reader = createSourceTouches(options.run);
  const loaded = () => options.current().loaded;

  const info: SourceGroupServices['info'] = async (signal) => {
    const { sourceGroups, sourceRules } = loaded();
    const counted = new Map((await reader.groups(signal)).map(({ group, registrations }) => [group, registrations]));
    // While new rules are being counted, groups of the old ones are still there.
    const order = groupOrder(sourceGroups).slice(0, -1);
    const groups = [...new Set([...order, ...counted.keys()])].filter((group) => group !== UNASSIGNED);
    return {
      ...sourceGroups,
      ...sourceRules,
      groups: [...groups, UNASSIGNED].map((group) => ({ group, registrations: counted.get(group) ?? 0 })),
    };
  };

  const change = async (rules: readonly SourceRule[] | null, actor: string, detail: string): Promise<void> => {
    checkOwnWorkspace(options.sample, 'source groups');
    const text = sourceGroupsText(await readWorkspaceFile(options.workspaceFolder, SOURCE_GROUPS_FILE), rules);
    await changeWorkspace(options, [{ path: SOURCE_GROUPS_FILE, text }], { replace: true });
    await recordAudit(options.control, { at: options.clock(), actor, action: 'source_groups.change', detail });
  };

  return {
    info,
    async preview(rules, signal) {
      const before = loaded().sourceGroups;
      const after: SourceGroups = { lists: before.lists, rules };
      const { touches, whole } = await reader.touches(fieldsOfPreview(before, after), signal);
      return { ...previewSourceGroups(touches, before, after), whole, problems: problemsOf(after) };
    },
    async save(rules, actor) {
      const problems = problemsOf({ lists: loaded().sourceGroups.lists, rules });
      if (problems.length > 0)
        throw new TurnoutError('invalid_request', problems.map(({ message }) => message).join(' '), problems);
      await change(rules, actor, `The source groups were changed: ${rules.length} rules.`);
    },
    reset: (actor) => change(null, actor, 'The source groups are the standard ones again.'),
  };
}

/** @throws TurnoutError('conflict') in the sample workspace */
export function checkOwnWorkspace(sample: boolean, what: string): void {
  if (sample)
    throw new TurnoutError('conflict', `This is the sample workspace. Remove the sample to save ${what} of your own.`);
}

/** A file that people write, or null where it is not there. */
export async function readWorkspaceFile(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function problemsOf(groups: SourceGroups): Problem[] {
  return checkSourceRules(groups, (pointer, code, message, hint) => ({
    code,
    path: ['rules', ...pointer].join('.'),
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
}
