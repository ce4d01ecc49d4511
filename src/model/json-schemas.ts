import { z } from 'zod';
import { dashboardFile } from '../contract/dashboard.ts';
import { identityFile } from '../contract/identity.ts';
import { datasetSpec, sharedSpec, tableSpec } from '../contract/model.ts';
import { sourceFile } from '../contract/source.ts';
import { sourceGroupsFile } from '../contract/source-groups.ts';
import { packFile, rateFile, workspaceFile } from '../contract/workspace.ts';

const FILES = {
  workspace: { schema: workspaceFile, title: 'turnout.yaml' },
  pack: { schema: packFile, title: 'pack.yaml' },
  metrics: { schema: z.union([datasetSpec, sharedSpec]), title: 'metrics/*.yaml' },
  tables: { schema: tableSpec, title: 'tables/*.yaml' },
  dashboard: { schema: dashboardFile, title: 'dashboards/*.yaml' },
  rates: { schema: rateFile, title: 'rates/*.yaml' },
  source_groups: { schema: sourceGroupsFile, title: 'source_groups.yaml' },
  identity: { schema: identityFile, title: 'identity.yaml' },
  sources: { schema: sourceFile, title: 'sources/*.yaml' },
} as const;

export type SchemaName = keyof typeof FILES;
export const SCHEMA_NAMES = Object.keys(FILES) as SchemaName[];

/** JSON Schema (draft 2020-12) of one kind of YAML file, as served at `/schema/v1/<name>.json` for editors. */
export function jsonSchema(name: SchemaName): Record<string, unknown> {
  const { schema, title } = FILES[name];
  return { ...z.toJSONSchema(schema, { io: 'input' }), title };
}
