import { conversionMetrics } from './conversion-metrics.ts';
import { cumulativeMetrics } from './cumulative-metrics.ts';
import { datasetColumnsExist } from './dataset-columns.ts';
import { datasetSources } from './dataset-sources.ts';
import { filtersAreSound } from './filters.ts';
import { funnelSteps } from './funnel-steps.ts';
import { metricReferences } from './metric-references.ts';
import { parametersFit } from './parameters.ts';
import { requiredStatuses } from './required-statuses.ts';
import { rollupsFit } from './rollups.ts';
import type { Rule } from './rule.ts';
import { sharedDimensions } from './shared-dimensions.ts';
import { simpleMetrics } from './simple-metrics.ts';
import { uniqueNames } from './unique-names.ts';

/** Every rule of the model, in the order in which their problems are shown. */
export const RULES: readonly Rule[] = [
  uniqueNames,
  datasetSources,
  datasetColumnsExist,
  sharedDimensions,
  filtersAreSound,
  simpleMetrics,
  metricReferences,
  cumulativeMetrics,
  conversionMetrics,
  requiredStatuses,
  funnelSteps,
  parametersFit,
  rollupsFit,
];
