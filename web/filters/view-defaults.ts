import type { Dashboard } from '../../src/contract/dashboard.ts';
import { VIEW_DEFAULTS, type ViewState } from '../../src/contract/url.ts';
import { GRAINS } from '../../src/contract/words.ts';

/** What a dashboard shows when its address says nothing. */
export function viewDefaults(dashboard: Dashboard): ViewState {
  const { period, compare, grain, matured } = dashboard.defaults;
  return {
    ...VIEW_DEFAULTS,
    period,
    compare,
    matured: matured === true,
    grain: GRAINS.find((one) => one === grain) ?? null,
    filters: dashboard.filters.flatMap(({ dimension, default: values }) =>
      values && values.length > 0 ? [{ dimension, op: 'in' as const, values }] : [],
    ),
  };
}
