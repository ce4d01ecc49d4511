import type { Tile, TileSpec } from '../contract/dashboard.ts';
import { asList } from './check-tile.ts';
import type { CheckedModel } from './checked.ts';
import { labelOf } from './labels.ts';

const HEIGHTS = {
  scorecards: 's',
  line: 'm',
  bar: 'm',
  heatmap: 'auto',
  funnel: 'auto',
  table: 'auto',
  pivot: 'auto',
  schedule: 'auto',
  change: 'auto',
  text: 'auto',
} as const satisfies Record<Tile['kind'], Tile['height']>;

/** The long form of a tile. Without a title it is called after what it shows; `place` (r1t2) is its id where nothing better is known. */
export function shapeTile(spec: TileSpec, place: string, model: CheckedModel): Tile {
  const base = (kind: Tile['kind'], title: string) => ({
    id: slugOf(spec.title ?? title) || place,
    title: spec.title ?? title,
    ...(spec.subtitle === undefined ? {} : { subtitle: spec.subtitle }),
    width: spec.width,
    height: spec.height ?? HEIGHTS[kind],
    ...(spec.note === undefined ? {} : { note: spec.note }),
  });
  if ('scorecards' in spec)
    return {
      kind: 'scorecards',
      ...base('scorecards', metricLabels(model, spec.scorecards)),
      metrics: [...spec.scorecards],
    };
  if ('line' in spec) {
    const metrics = [...asList(spec.line)];
    return {
      kind: 'line',
      ...base('line', metricLabels(model, metrics) + byWords(model, spec.by)),
      metrics,
      ...(spec.by === undefined ? {} : { by: spec.by }),
      ...(spec.grain === undefined ? {} : { grain: spec.grain }),
      ...(spec.compare === undefined ? {} : { compare: spec.compare }),
    };
  }
  if ('bar' in spec)
    return {
      kind: 'bar',
      ...base('bar', metricLabels(model, [spec.bar]) + byWords(model, spec.by)),
      metric: spec.bar,
      by: spec.by,
      ...(spec.sort === undefined ? {} : { sort: spec.sort }),
      ...(spec.limit === undefined ? {} : { limit: spec.limit }),
      ...(spec.intervals === true ? { intervals: true } : {}),
    };
  if ('heatmap' in spec) {
    const metrics = [...asList(spec.heatmap)];
    const title = `${metricLabels(model, metrics)} by weekday and hour`;
    return { kind: 'heatmap', ...base('heatmap', title), metrics, value: spec.value };
  }
  if ('funnel' in spec)
    return {
      kind: 'funnel',
      ...base('funnel', (model.funnels.get(spec.funnel)?.label ?? spec.funnel) + byWords(model, spec.by)),
      funnel: spec.funnel,
      ...(spec.by === undefined ? {} : { by: spec.by }),
    };
  if ('table' in spec) {
    const by = [...asList(spec.by)];
    const title = by.map((name) => dimensionLabel(model, name)).join(', ');
    return {
      kind: 'table',
      ...base('table', title),
      metrics: [...spec.table],
      by,
      ...(spec.sort === undefined ? {} : { sort: spec.sort }),
      ...(spec.limit === undefined ? {} : { limit: spec.limit }),
      search: spec.search ?? false,
      totals: spec.totals ?? false,
      ...(spec.intervals === true ? { intervals: true } : {}),
      ...(spec.marks === undefined ? {} : { marks: [...spec.marks] }),
      ...(spec.marks_within === undefined ? {} : { marksWithin: spec.marks_within }),
    };
  }
  if ('pivot' in spec) {
    const metrics = [...asList(spec.pivot)];
    const title = `${metricLabels(model, metrics)}${byWords(model, spec.rows[0])}`;
    return {
      kind: 'pivot',
      ...base('pivot', title),
      metrics,
      rows: [...spec.rows],
      columns: spec.columns,
      heat: spec.heat,
    };
  }
  if ('schedule' in spec)
    return {
      kind: 'schedule',
      ...base('schedule', dimensionLabel(model, spec.schedule)),
      entity: spec.schedule,
      name: spec.name,
      starts: spec.starts,
      details: [...spec.details],
      metrics: [...spec.metrics],
      ...(spec.series === undefined ? {} : { series: spec.series }),
      marks: [...(spec.marks ?? [])],
    };
  if ('change' in spec)
    return {
      kind: 'change',
      ...base('change', `What changed: ${metricLabels(model, [spec.change])}`),
      metric: spec.change,
      by: [...spec.by],
    };
  return { kind: 'text', ...base('text', ''), text: spec.text };
}

/** `Registered users, Active users and 2 more` */
function metricLabels(model: CheckedModel, names: readonly string[]): string {
  const labels = names.map((name) => model.metrics.get(name)?.label ?? labelOf(name));
  const shown = labels.length > 3 ? [...labels.slice(0, 2), `${labels.length - 2} more`] : labels;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

function byWords(model: CheckedModel, by: string | undefined): string {
  if (by === undefined) return '';
  const label = dimensionLabel(model, by);
  return ` by ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

function dimensionLabel(model: CheckedModel, name: string): string {
  return model.dimensions.get(name)?.label ?? labelOf(name);
}

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 60);
}
