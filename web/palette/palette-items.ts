import type { DimensionInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { formatPeriod, PERIOD_PRESETS, resolvePeriod, stepPeriod } from '../../src/contract/period.ts';
import { describeRange } from '../../src/contract/period-compare.ts';
import type { ViewState } from '../../src/contract/url.ts';
import type { Grain } from '../../src/contract/words.ts';
import { isSelected } from '../dashboard/filter-selection.ts';
import { countingMetric, readValues, valueKey } from '../filters/filter-values.ts';
import { PLACES, type PlacePath } from '../layout/places.ts';
import type { ColorScheme } from '../theme/color-scheme.ts';
import { matchItems, type Searchable } from './match-items.ts';
import type { PageScope } from './page-scope.ts';

/** The palette's list: everything that can be chosen now. Pure. */

export type PaletteAction =
  | { type: 'go'; dashboard: string }
  | { type: 'open'; path: PlacePath }
  | { type: 'tile'; id: string }
  | { type: 'view'; patch: Partial<ViewState> }
  | { type: 'reset' }
  | { type: 'undo' }
  | { type: 'theme'; theme: ColorScheme }
  | { type: 'density'; density: 'comfortable' | 'compact' }
  | { type: 'keys' }
  | { type: 'copy-link' };

export const GROUPS = ['Go to', 'Tile', 'Filter', 'Period', 'Comparison', 'Grain', 'Page', 'Display'] as const;
export type PaletteGroup = (typeof GROUPS)[number];

export interface PaletteItem extends Searchable {
  /** Stable over visits: `go/overview`, `period/28d`, `value/channel/sms`. */
  id: string;
  group: PaletteGroup;
  label: string;
  /** Grey words after the label. */
  detail?: string;
  /** As in the list of keys: `g o`, `Shift X`. */
  keys?: string;
  /** It is so already. */
  current?: boolean;
  action: PaletteAction;
}

export interface PaletteInput {
  workspace: WorkspaceInfo | undefined;
  /** Null where the page is no dashboard. */
  scope: PageScope | null;
  /** Grains that suit the period. */
  grains: readonly Grain[];
  theme: ColorScheme;
  density: 'comfortable' | 'compact';
}

export interface PaletteSection {
  title: string | null;
  items: PaletteItem[];
}

const MOST_RECENT_SHOWN = 5;
const MOST_FOUND = 40;

/** Everything there is, in the order in which it is shown before anything is typed. */
export function buildItems(input: PaletteInput): PaletteItem[] {
  const { scope } = input;
  return [
    ...placeItems(input.workspace),
    ...(scope ? [...tileItems(scope), ...valueItems(scope), ...viewItems(scope, input.grains)] : []),
    ...displayItems(input),
  ];
}

/** With nothing typed: what was used lately, then all but the values by group. Otherwise one list, best first. */
export function findItems(
  items: readonly PaletteItem[],
  query: string,
  recent: readonly string[],
  scope: PageScope | null,
): PaletteSection[] {
  if (query.trim() !== '') {
    const found = matchItems(items, query, recent);
    const typed = scope && typedPeriod(query, scope);
    const preset = typed && items.find((item) => item.id === typed.id);
    const best = typed ? [preset ?? typed, ...found.filter((item) => item.id !== typed.id)] : found;
    return best.length > 0 ? [{ title: null, items: best.slice(0, MOST_FOUND) }] : [];
  }
  const known = new Map(items.map((item) => [item.id, item]));
  const again = recent
    .map((id) => known.get(id) ?? (scope && id.startsWith('period/') ? typedPeriod(id.slice(7), scope) : null))
    .filter((item) => item !== null && item !== undefined)
    .slice(0, MOST_RECENT_SHOWN);
  const rest = items.filter((item) => item.group !== 'Filter' && !again.includes(item));
  return [
    { title: 'Recent', items: again },
    ...GROUPS.map((group) => ({ title: group, items: rest.filter((item) => item.group === group) })),
  ].filter((section) => section.items.length > 0);
}

/** A period in one's own words; single letters are the beginnings of other things. */
function typedPeriod(text: string, scope: PageScope): PaletteItem | null {
  const period = text.trim().length > 1 ? resolvePeriod(text, scope.context) : null;
  if (!period?.ok) return null;
  const dates = describeRange(period, scope.workspace.locale);
  const named = !/^\d{4}-\d{2}-\d{2}/.test(period.id);
  return {
    id: `period/${period.id}`,
    group: 'Period',
    label: named ? period.label : dates,
    ...(named ? { detail: dates } : {}),
    current: scope.page.view.period === period.id,
    action: { type: 'view', patch: { period: period.id } },
  };
}

function placeItems(workspace: WorkspaceInfo | undefined): PaletteItem[] {
  const dashboards = (workspace?.dashboards ?? []).map(
    ({ name, title }, index): PaletteItem => ({
      id: `go/${name}`,
      group: 'Go to',
      label: title,
      keywords: 'go to dashboard',
      ...(index === 0 ? { keys: 'g o' } : {}),
      action: { type: 'go', dashboard: name },
    }),
  );
  return [
    ...dashboards,
    ...PLACES.map(
      (place): PaletteItem => ({
        id: `go/${place.path}`,
        group: 'Go to',
        label: place.label,
        keywords: `go to ${place.keywords}`,
        ...('keys' in place ? { keys: place.keys } : {}),
        action: { type: 'open', path: place.path },
      }),
    ),
  ];
}

function tileItems({ dashboard }: PageScope): PaletteItem[] {
  return dashboard.rows.flatMap((row) =>
    row.tiles.map(
      (tile): PaletteItem => ({
        id: `tile/${dashboard.name}/${tile.id}`,
        group: 'Tile',
        label: tile.title,
        keywords: `tile ${tile.subtitle ?? ''} ${tile.kind}`,
        action: { type: 'tile', id: tile.id },
      }),
    ),
  );
}

/** Values of every dimension that this page may be filtered by. */
function valueItems(scope: PageScope): PaletteItem[] {
  const { dashboard, catalog } = scope;
  const fixed = new Set(dashboard.filters.filter((one) => one.locked || one.hidden).map((one) => one.dimension));
  return catalog.dimensions
    .filter(({ name }) => !fixed.has(name) && countingMetric(name, dashboard, catalog) !== null)
    .flatMap((dimension) => valuesOf(dimension, scope));
}

function valuesOf(dimension: DimensionInfo, { page, workspace, results }: PageScope): PaletteItem[] {
  const { name } = dimension;
  const { filters } = page.view;
  const chosen = filters.find((filter) => filter.dimension === name)?.values ?? [];
  const others = filters.filter((filter) => filter.dimension !== name);
  return readValues(name, dimension, results.get(valueKey(name)), chosen, workspace.locale).map(({ value, label }) => {
    const current = isSelected(filters, [{ dimension: name, value }]);
    return {
      id: `value/${name}/${value}`,
      group: 'Filter',
      label: `${dimension.label} is ${label}`,
      aliases: [label, `filter ${dimension.label} ${label}`],
      current,
      ...(current ? { detail: 'lifts the filter' } : {}),
      action: {
        type: 'view',
        patch: { filters: current ? others : [...others, { dimension: name, op: 'in', values: [value] }] },
      },
    };
  });
}

const COMPARISONS = [
  { value: 'prev', label: 'Compare with the previous period', keywords: 'vs previous period before' },
  { value: 'prev_year', label: 'Compare with the previous year', keywords: 'vs last year ago yoy' },
  { value: 'off', label: 'No comparison', keywords: 'compare with nothing off none' },
] as const;

function viewItems({ page, period }: PageScope, grains: readonly Grain[]): PaletteItem[] {
  const { view, defaults } = page;
  const offOrOn = view.compare === 'off' ? (defaults.compare === 'off' ? 'prev' : defaults.compare) : 'off';
  const items: PaletteItem[] = PERIOD_PRESETS.map((preset) => ({
    id: `period/${preset.id}`,
    group: 'Period',
    label: preset.label,
    keywords: `period ${preset.id}`,
    ...('key' in preset ? { keys: preset.key } : {}),
    current: view.period === preset.id,
    action: { type: 'view', patch: { period: preset.id } },
  }));
  for (const { name, step, keys } of [
    { name: 'Previous', step: -1, keys: '[' },
    { name: 'Next', step: 1, keys: ']' },
  ] as const) {
    const patch = { period: formatPeriod(stepPeriod(period, step)) };
    items.push({
      id: `step/${step}`,
      group: 'Period',
      label: `${name} period`,
      keys,
      action: { type: 'view', patch },
    });
  }
  for (const { value, label, keywords } of COMPARISONS) {
    items.push({
      id: `compare/${value}`,
      group: 'Comparison',
      label,
      keywords,
      ...(value === offOrOn ? { keys: 'x' } : {}),
      current: view.compare === value,
      action: { type: 'view', patch: { compare: value } },
    });
  }
  for (const grain of [null, ...grains]) {
    items.push({
      id: `grain/${grain ?? 'auto'}`,
      group: 'Grain',
      label: grain === null ? 'Grain from the length of the period' : `By ${grain}`,
      keywords: `grain time axis group by ${grain ?? 'auto automatic'}`,
      current: view.grain === grain,
      action: { type: 'view', patch: { grain } },
    });
  }
  items.push({
    id: 'undo',
    group: 'Page',
    label: 'Undo the last filter',
    keys: 'z',
    action: { type: 'undo' },
  });
  if (page.changed) {
    items.push({
      id: 'reset',
      group: 'Page',
      label: 'Reset filters',
      keywords: 'clear all period comparison standard defaults',
      action: { type: 'reset' },
    });
  }
  return items;
}

const THEMES = [
  { theme: 'light', label: 'Light theme' },
  { theme: 'dark', label: 'Dark theme' },
  { theme: 'auto', label: 'Theme like the system' },
] as const;

function displayItems({ theme: now, density }: PaletteInput): PaletteItem[] {
  const themes = THEMES.map(
    ({ theme, label }): PaletteItem => ({
      id: `theme/${theme}`,
      group: 'Display',
      label,
      keywords: 'colours colors mode appearance',
      current: now === theme,
      action: { type: 'theme', theme },
    }),
  );
  return [
    {
      id: 'copy-link',
      group: 'Page',
      label: 'Copy link to this page',
      keywords: 'share address url',
      action: { type: 'copy-link' },
    },
    ...themes,
    {
      id: 'density/compact',
      group: 'Display',
      label: 'Compact rows and gutters',
      keywords: 'density dense',
      current: density === 'compact',
      action: { type: 'density', density: 'compact' },
    },
    {
      id: 'density/comfortable',
      group: 'Display',
      label: 'Comfortable rows and gutters',
      keywords: 'density',
      current: density === 'comfortable',
      action: { type: 'density', density: 'comfortable' },
    },
    {
      id: 'keys',
      group: 'Display',
      label: 'Keys and display',
      keywords: 'list of keys shortcuts keyboard help letters',
      keys: '?',
      action: { type: 'keys' },
    },
  ];
}
