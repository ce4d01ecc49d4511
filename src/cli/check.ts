import { join } from 'node:path';
import { parseConfig } from '../config.ts';
import { checkFeeds } from '../connectors/check-feeds.ts';
import { parseSources } from '../connectors/sources.ts';
import { loadWorkspace } from '../model/load-workspace.ts';
import { checkSchedules } from '../sync/check-schedules.ts';
import { PACKS_FOLDER } from '../workspace-files.ts';

/** `turnout check [FOLDER]`: every mistake of a workspace with its place and a hint. Exit code 1 when there is one. */
export async function check([folder]: string[]): Promise<number> {
  const config = parseConfig(process.env);
  const checked = folder ?? config.workspace;
  const loaded = await loadWorkspace({
    folder: checked,
    packsFolder: PACKS_FOLDER,
  });
  const { sources, problems, places } = parseSources(loaded.sourceFiles, process.env);
  const all = [
    ...loaded.problems,
    ...problems,
    // A table with a mistake of its own is not said to be missing as well.
    ...(loaded.problems.some(({ path }) => path.startsWith('tables/'))
      ? []
      : checkFeeds(sources, loaded.tables, places)),
    ...checkSchedules(sources, loaded.workspace.time_zone, places),
  ];
  for (const problem of all) {
    process.stdout.write(
      `${problem.path}: ${problem.message}${problem.hint === undefined ? '' : ` ${problem.hint}`}\n`,
    );
  }
  if (all.length === 0) {
    const counts = [
      count(loaded.model?.metrics.size ?? 0, 'metric'),
      count(loaded.dashboards.length, 'dashboard'),
      count(loaded.tables.length, 'table'),
      count(sources.length, 'source'),
    ];
    process.stdout.write(`${join(checked, '.')} is in order: ${counts.join(', ')}.\n`);
  }
  return all.length === 0 ? 0 : 1;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
