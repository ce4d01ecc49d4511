import type { TileSpec } from '../contract/dashboard.ts';
import type { Problem } from '../contract/errors.ts';
import { didYouMean } from '../contract/suggest.ts';
import { GRAINS } from '../contract/words.ts';
import type { CheckedModel } from './checked.ts';
import { dimensionsOfMetric, hasTimeParts, TIME_PARTS } from './metric-dimensions.ts';
import { type Pointer, problemAt, type SourceDocument } from './source-document.ts';

/** The key that says what a tile is. */
export const TILE_KINDS = [
  'scorecards',
  'line',
  'bar',
  'heatmap',
  'funnel',
  'table',
  'pivot',
  'schedule',
  'change',
  'text',
] as const;

export const asList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/** Tiles that name no kind, or two: said before the schema speaks, because it could only say that nothing fits. */
export function tileKeyProblems(source: SourceDocument): Problem[] {
  return tilesIn(source.document).flatMap(({ tile, pointer }) => {
    const kinds = TILE_KINDS.filter((kind) => Object.hasOwn(tile, kind));
    if (kinds.length === 1) return [];
    if (kinds.length > 1) {
      const message = `A tile shows one thing; this one names ${kinds.join(' and ')}.`;
      return [problemAt(source, pointer, 'tile_kind', message, 'Make it two tiles.')];
    }
    const near = Object.keys(tile)
      .map((key) => didYouMean(key, TILE_KINDS))
      .find((hint) => hint !== undefined);
    const message = `This tile does not say what it shows: it needs one of ${TILE_KINDS.join(', ')}.`;
    return [problemAt(source, pointer, 'tile_kind', message, near)];
  });
}

/** Names of a tile that are not in the model, and dimensions that its metrics do not have. */
export function checkTile(source: SourceDocument, tile: TileSpec, pointer: Pointer, model: CheckedModel): Problem[] {
  const check = new TileCheck(source, pointer, model);
  if ('scorecards' in tile) return check.metrics('scorecards', tile.scorecards);
  if ('line' in tile) {
    const metrics = asList(tile.line);
    return [...check.metrics('line', metrics), ...check.dimensions('by', asList(tile.by ?? []), metrics)];
  }
  if ('bar' in tile) {
    // Bars may stand in the order of a metric that they do not show.
    const order = tile.sort?.replace(/^-/, '');
    const other = order !== undefined && model.metrics.has(order) ? [order] : [];
    return [
      ...check.metrics('bar', [tile.bar]),
      ...check.dimensions('by', [tile.by], [...new Set([tile.bar, ...other])]),
      ...check.sort(tile.sort, [tile.bar, tile.by, ...other]),
    ];
  }
  if ('heatmap' in tile) {
    const metrics = asList(tile.heatmap);
    return [...check.metrics('heatmap', metrics), ...check.dimensions('heatmap', TIME_PARTS, metrics)];
  }
  if ('funnel' in tile) return check.funnel(tile.funnel, tile.by);
  if ('table' in tile) {
    const by = asList(tile.by);
    return [
      ...check.metrics('table', tile.table),
      ...check.dimensions('by', by, tile.table),
      ...check.sort(tile.sort, [...tile.table, ...by]),
      ...check.metrics('marks', tile.marks ?? []),
      ...check.dimensions('marks_within', asList(tile.marks_within ?? []), tile.marks ?? []),
    ];
  }
  if ('pivot' in tile) {
    const metrics = asList(tile.pivot);
    const columns = GRAINS.some((grain) => grain === tile.columns) ? [] : [tile.columns];
    return [
      ...check.metrics('pivot', metrics),
      ...check.dimensions('rows', tile.rows, metrics),
      ...check.dimensions('columns', columns, metrics),
    ];
  }
  if ('schedule' in tile) {
    const { schedule, name, starts, details, series, metrics, marks } = tile;
    return [
      ...check.metrics('metrics', metrics),
      ...check.metrics('marks', marks ?? []),
      ...check.dimensions('schedule', [schedule, name, starts, ...asList(series ?? [])], metrics),
      ...check.dimensions('details', details, metrics),
    ];
  }
  if ('change' in tile)
    return [...check.metrics('change', [tile.change]), ...check.dimensions('by', tile.by, [tile.change])];
  return [];
}

class TileCheck {
  private readonly source: SourceDocument;
  private readonly pointer: Pointer;
  private readonly model: CheckedModel;

  constructor(source: SourceDocument, pointer: Pointer, model: CheckedModel) {
    this.source = source;
    this.pointer = pointer;
    this.model = model;
  }

  metrics(key: string, names: readonly string[]): Problem[] {
    const { metrics } = this.model;
    return names
      .filter((name) => !metrics.has(name))
      .map((name) =>
        this.problem(key, 'unknown_metric', `There is no metric "${name}".`, didYouMean(name, metrics.keys())),
      );
  }

  dimensions(key: string, names: readonly string[], metrics: readonly string[]): Problem[] {
    const known = [...this.model.dimensions.keys(), ...TIME_PARTS];
    return names.flatMap((name) => {
      if (!known.includes(name))
        return [this.problem(key, 'unknown_dimension', `There is no dimension "${name}".`, didYouMean(name, known))];
      return metrics
        .filter((metric) => this.model.metrics.has(metric) && !this.applies(name, metric))
        .map((metric) =>
          this.problem(
            key,
            'dimension_not_applicable',
            `"${metric}" cannot be split by "${name}".`,
            this.choices(metric),
          ),
        );
    });
  }

  sort(sort: string | undefined, columns: readonly string[]): Problem[] {
    if (sort === undefined || columns.includes(sort.replace(/^-/, ''))) return [];
    const message = `The tile cannot be sorted by "${sort}": it has no such column.`;
    return [
      this.problem('sort', 'unknown_sort', message, `Columns: ${columns.join(', ')}; a leading - sorts downwards.`),
    ];
  }

  funnel(name: string, by: string | undefined): Problem[] {
    const funnel = this.model.funnels.get(name);
    if (funnel === undefined) {
      const hint = didYouMean(name, this.model.funnels.keys());
      return [this.problem('funnel', 'unknown_funnel', `There is no funnel "${name}".`, hint)];
    }
    const first = this.model.datasets.get(funnel.steps[0]?.dataset ?? '');
    if (by === undefined || first === undefined || first.dimensions.has(by)) return [];
    const message = `The funnel "${name}" cannot be split by "${by}": its first step has no such dimension.`;
    return [this.problem('by', 'dimension_not_applicable', message, didYouMean(by, first.dimensions.keys()))];
  }

  private applies(dimension: string, metric: string): boolean {
    if (TIME_PARTS.some((part) => part === dimension)) return hasTimeParts(this.model, metric);
    return dimensionsOfMetric(this.model, metric).has(dimension);
  }

  private choices(metric: string): string {
    const names = dimensionsOfMetric(this.model, metric);
    return names.size === 0 ? 'It has no dimensions.' : `It has ${[...names].join(', ')}.`;
  }

  private problem(key: string, code: string, message: string, hint: string | undefined): Problem {
    return problemAt(this.source, [...this.pointer, key], code, message, hint);
  }
}

function tilesIn(document: unknown): { tile: object; pointer: Pointer }[] {
  return listAt(document, 'rows').flatMap((row, rowIndex) =>
    listAt(row, 'tiles').flatMap((tile, tileIndex) =>
      typeof tile === 'object' && tile !== null && !Array.isArray(tile)
        ? [{ tile, pointer: ['rows', rowIndex, 'tiles', tileIndex] }]
        : [],
    ),
  );
}

function listAt(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null || !(key in value)) return [];
  const list = (value as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : [];
}
