import { join } from 'node:path';
import { parseConfig } from '../config.ts';
import { parseSources } from '../connectors/sources.ts';
import { loadWorkspace } from '../model/load-workspace.ts';
import { PACKS_FOLDER } from '../workspace-files.ts';

/** `turnout check [FOLDER]`: every mistake of a workspace with its place and a hint. Exit code 1 when there is one. */
export async function check([folder]: string[]): Promise<number> {
  const config = parseConfig(process.env);
  const checked = folder ?? config.workspace;
  const loaded = await loadWorkspace({
    folder: checked,
    packsFolder: PACKS_FOLDER,
  });
  const { sources, problems } = parseSources(loaded.sourceFiles, process.env);
  const all = [...loaded.problems, ...problems];
  for (const problem of all) {
    process.stdout.write(
      `${problem.path}: ${problem.message}${problem.hint === undefined ? '' : ` ${problem.hint}`}\n`,
    );
  }
  if (all.length === 0) {
    const counts = `${loaded.model?.metrics.size ?? 0} metrics, ${loaded.dashboards.length} dashboards, ${sources.length} sources`;
    process.stdout.write(`${join(checked, '.')} is in order: ${counts}.\n`);
  }
  return all.length === 0 ? 0 : 1;
}
