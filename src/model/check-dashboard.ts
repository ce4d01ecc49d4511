import { type Dashboard, type DashboardFile, dashboardFile } from '../contract/dashboard.ts';
import type { Problem } from '../contract/errors.ts';
import { resolvePeriod } from '../contract/period.ts';
import { didYouMean } from '../contract/suggest.ts';
import { checkTile, tileKeyProblems } from './check-tile.ts';
import type { CheckedModel } from './checked.ts';
import { parseDocument } from './parse-document.ts';
import { shapeTile } from './shape-tile.ts';
import { type Pointer, problemAt, type SourceDocument } from './source-document.ts';

/** Checks a dashboard file against the model and makes what the browser gets: tiles with id, title, width and height. */
export function checkDashboard(
  source: SourceDocument,
  model: CheckedModel,
): { dashboard: Dashboard | null; problems: Problem[] } {
  const keyProblems = tileKeyProblems(source);
  if (keyProblems.length > 0) return { dashboard: null, problems: keyProblems };
  const parsed = parseDocument(source, dashboardFile);
  if (!parsed.ok) return { dashboard: null, problems: parsed.problems };
  const file = parsed.value;
  const problems = [
    ...checkDefaults(source, file.defaults, model, ['defaults']),
    ...checkFilters(source, file, model),
    ...checkSubject(source, file, model),
    ...file.rows.flatMap((row, rowIndex) =>
      row.tiles.flatMap((tile, tileIndex) => checkTile(source, tile, ['rows', rowIndex, 'tiles', tileIndex], model)),
    ),
  ];
  return { dashboard: problems.length === 0 ? shapeDashboard(file, model) : null, problems };
}

/** Checks the default period and comparison of a dashboard or of an override in `turnout.yaml`. */
export function checkDefaults(
  source: SourceDocument,
  defaults: { period?: string | undefined; compare?: string | undefined },
  model: CheckedModel,
  pointer: Pointer,
): Problem[] {
  const problems: Problem[] = [];
  if (defaults.period !== undefined) {
    const period = resolvePeriod(defaults.period, { today: '2024-11-16', weekStart: model.workspace.week_start });
    if (!period.ok) problems.push(problemAt(source, [...pointer, 'period'], 'invalid_period', period.message));
  }
  const compare = defaults.compare ?? 'off';
  if (!/^(off|prev|prev_year|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})$/.test(compare)) {
    const message = `"${compare}" is no comparison.`;
    const hint = 'Write off, prev, prev_year or a range such as 2026-10-01..2026-10-20.';
    problems.push(problemAt(source, [...pointer, 'compare'], 'invalid_compare', message, hint));
  }
  return problems;
}

function checkSubject(source: SourceDocument, { subject }: DashboardFile, model: CheckedModel): Problem[] {
  if (subject === undefined || model.dimensions.has(subject)) return [];
  const message = `There is no dimension "${subject}" whose values could have a page.`;
  const hint = didYouMean(subject, model.dimensions.keys());
  return [problemAt(source, ['subject'], 'unknown_dimension', message, hint)];
}

function checkFilters(source: SourceDocument, file: DashboardFile, model: CheckedModel): Problem[] {
  const names = [...model.dimensions.keys(), 'weekday', 'hour_of_day'];
  return file.filters.flatMap((filter, index) => {
    const pointer = ['filters', index, 'dimension'];
    if (!names.includes(filter.dimension)) {
      const message = `There is no dimension "${filter.dimension}" to filter by.`;
      return [problemAt(source, pointer, 'unknown_dimension', message, didYouMean(filter.dimension, names))];
    }
    if (file.filters.findIndex((other) => other.dimension === filter.dimension) === index) return [];
    return [problemAt(source, pointer, 'duplicate_name', `The filter "${filter.dimension}" stands twice.`)];
  });
}

function shapeDashboard(file: DashboardFile, model: CheckedModel): Dashboard {
  const ids = new Set<string>();
  const { grain, period, compare, matured } = file.defaults;
  const override = Object.hasOwn(model.workspace.dashboards, file.name)
    ? model.workspace.dashboards[file.name]
    : undefined;
  return {
    name: file.name,
    title: file.title,
    ...(file.description === undefined ? {} : { description: file.description }),
    ...(file.subject === undefined ? {} : { subject: file.subject }),
    ...(file.section === undefined ? {} : { section: file.section }),
    ...(file.icon === undefined ? {} : { icon: file.icon }),
    defaults: {
      period: override?.period ?? period,
      compare: override?.compare ?? compare,
      ...(grain === undefined ? {} : { grain }),
      ...(matured ? { matured: true } : {}),
    },
    filters: file.filters.map(({ default: preset, ...filter }) => ({
      ...filter,
      ...(preset === undefined ? {} : { default: preset }),
    })),
    rows: file.rows.map((row, rowIndex) => ({
      ...(row.title === undefined ? {} : { title: row.title }),
      tiles: row.tiles.map((tile, tileIndex) => {
        const place = `r${rowIndex + 1}t${tileIndex + 1}`;
        const shaped = shapeTile(tile, place, model);
        const id = ids.has(shaped.id) ? `${shaped.id}_${place}` : shaped.id;
        ids.add(id);
        return { ...shaped, id };
      }),
    })),
  };
}
