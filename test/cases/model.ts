import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packFile, workspaceFile } from '../../src/contract/workspace.ts';
import { checkModel } from '../../src/model/check-model.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import { parseYaml } from '../../src/model/parse-yaml.ts';

import { CASE_TABLES } from './tables.ts';

const packs = join(import.meta.dirname, '../../packs');
const pack = join(packs, 'omnichannel');

/** The packs' models, the tables of `tables.yaml` and the datasets and metrics of `model.yaml`, in a workspace of UTC, Monday and USD unless `overrides` say otherwise. */
export function loadCaseModel(overrides: Record<string, unknown> = {}): CheckedModel {
  const files = [pack, join(packs, 'webinars')].flatMap((folder) =>
    readdirSync(join(folder, 'model')).map((name) => join(folder, 'model', name)),
  );
  const documents = [...files, join(import.meta.dirname, 'model.yaml')].flatMap((file) => {
    const parsed = parseYaml(file, readFileSync(file, 'utf8'));
    if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems));
    return parsed.documents;
  });
  const [head] = parseYaml('pack.yaml', readFileSync(join(pack, 'pack.yaml'), 'utf8')).documents;
  const workspace = workspaceFile.parse({ version: 1, name: 'Cases', time_zone: 'UTC', ...overrides });
  const { model, problems } = checkModel(documents, workspace, packFile.parse(head?.document).channels, {
    tables: CASE_TABLES,
    unreadable: [],
  });
  if (model === null) throw new Error(JSON.stringify(problems, null, 2));
  return model;
}

const byPlace = new Map<string, CheckedModel>();

/** The model in a zone, with windows short enough for a few days of random facts; each is made once. */
export function caseModelIn(zone: string, weekStart = 'monday'): CheckedModel {
  const place = `${zone} ${weekStart}`;
  const model =
    byPlace.get(place) ?? loadCaseModel({ time_zone: zone, week_start: weekStart, windows: { week: 2, month: 4 } });
  byPlace.set(place, model);
  return model;
}
