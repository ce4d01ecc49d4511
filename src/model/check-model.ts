import type { Problem } from '../contract/errors.ts';
import { datasetSpec, type MetricSpec, sharedSpec } from '../contract/model.ts';
import type { ChannelSpec, Workspace } from '../contract/workspace.ts';
import type { OwnTables } from './check-tables.ts';
import type { CheckedModel } from './checked.ts';
import { type Draft, datasetColumns, findDataset } from './draft.ts';
import { parseDocument } from './parse-document.ts';
import { resolveModel } from './resolve-model.ts';
import { RULES } from './rules/index.ts';
import { problemAt, type SourceDocument } from './source-document.ts';

/**
 * Turns model documents (datasets, shared metrics, parameters, funnels) into the checked model. All problems at once; with any problem
 * there is no model, because a metric that silently lacks a part is worse than none.
 */
export function checkModel(
  documents: readonly SourceDocument[],
  workspace: Workspace,
  channels: ChannelSpec[],
  { tables, unreadable }: OwnTables = { tables: [], unreadable: [] },
): { model: CheckedModel | null; problems: Problem[] } {
  const draft: Draft = {
    workspace,
    channels,
    tables,
    unreadableTables: unreadable,
    datasets: [],
    metrics: [],
    funnels: [],
    parameters: [],
  };
  const unparsed = documents.flatMap((source) => addDocument(draft, source));
  leaveOutOptionalSteps(draft);
  const problems = [...unparsed, ...RULES.flatMap((rule) => rule(draft))];
  const whole = problems.length === 0 && draft.datasets.every(({ columns }) => columns.size > 0);
  return { model: whole ? resolveModel(draft) : null, problems };
}

/** Steps over datasets of a pack that is not in use, where they say so themselves. */
function leaveOutOptionalSteps(draft: Draft): void {
  draft.funnels = draft.funnels.map((funnel) => {
    const steps = funnel.spec.steps.filter(
      ({ optional, dataset }) => optional !== true || findDataset(draft, dataset) !== undefined,
    );
    return { ...funnel, spec: { ...funnel.spec, steps } };
  });
}

function addDocument(draft: Draft, source: SourceDocument): Problem[] {
  const { document } = source;
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return [problemAt(source, [], 'invalid_value', 'A model document is a set of keys.', 'Start with "version: 1".')];

  if (!('dataset' in document)) {
    const parsed = parseDocument(source, sharedSpec);
    if (!parsed.ok) return parsed.problems;
    addMetrics(draft, source, parsed.value.metrics, undefined);
    parsed.value.parameters.forEach((spec, index) => {
      draft.parameters.push({ spec, source, pointer: ['parameters', index] });
    });
    parsed.value.funnels.forEach((spec, index) => {
      draft.funnels.push({ spec, source, pointer: ['funnels', index] });
    });
    return [];
  }
  const parsed = parseDocument(source, datasetSpec);
  if (!parsed.ok) return parsed.problems;
  draft.datasets.push({ spec: parsed.value, source, pointer: [], columns: datasetColumns(parsed.value, draft.tables) });
  addMetrics(draft, source, parsed.value.metrics, parsed.value.dataset);
  return [];
}

function addMetrics(draft: Draft, source: SourceDocument, specs: MetricSpec[], home: string | undefined): void {
  specs.forEach((spec, index) => {
    const dataset = spec.type === 'simple' ? (spec.dataset ?? home) : undefined;
    draft.metrics.push({ spec, source, pointer: ['metrics', index], ...(dataset === undefined ? {} : { dataset }) });
  });
}
