import { z } from 'zod';
import { grain } from './query.ts';

/** A dashboard file: rows of tiles. People write the short form (`line: dau`); see docs/dashboards.md. */

const id = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);
const oneOrMore = z.union([id, z.array(id).min(1).max(8)]);

const tileBase = {
  title: z.string().max(120).optional(),
  subtitle: z.string().max(200).optional(),
  /** Columns of 12. */
  width: z
    .union([
      z.literal(3),
      z.literal(4),
      z.literal(5),
      z.literal(6),
      z.literal(7),
      z.literal(8),
      z.literal(9),
      z.literal(12),
    ])
    .default(12),
  height: z.enum(['s', 'm', 'l', 'auto']).optional(),
  note: z.string().max(300).optional(),
};

export const tileSpec = z.union([
  z.strictObject({ ...tileBase, scorecards: z.array(id).min(1).max(8) }),
  z.strictObject({
    ...tileBase,
    line: oneOrMore,
    by: id.optional(),
    grain: grain.optional(),
    /** Compares with this, whatever the page compares with. */
    compare: z.enum(['off', 'prev', 'prev_year']).optional(),
  }),
  z.strictObject({
    ...tileBase,
    bar: id,
    by: id,
    sort: z.string().optional(),
    limit: z.number().int().min(1).max(50).optional(),
    /** Whiskers: the 95 % interval of a rate. */
    intervals: z.boolean().optional(),
  }),
  z.strictObject({
    ...tileBase,
    heatmap: oneOrMore,
    rows: z.literal('weekday').default('weekday'),
    columns: z.literal('hour_of_day').default('hour_of_day'),
    /** average per day (default) or total; the reader can switch. */
    value: z.enum(['per_day', 'total']).default('per_day'),
  }),
  z.strictObject({ ...tileBase, funnel: id, by: id.optional() }),
  z.strictObject({
    ...tileBase,
    table: z.array(id).min(1).max(12),
    by: z.union([id, z.array(id).min(1).max(4)]),
    sort: z.string().optional(),
    limit: z.number().int().min(1).max(500).optional(),
    search: z.boolean().optional(),
    totals: z.boolean().optional(),
    /** 95 % intervals beside rates. */
    intervals: z.boolean().optional(),
    /** Rows that stand out in these metrics are marked, each held against the rows of the same `marks_within`. */
    marks: z.array(id).max(4).optional(),
    marks_within: id.optional(),
  }),
  /** Rows by columns with heat: the first metric is shown first, the reader can switch to the others. */
  z.strictObject({
    ...tileBase,
    pivot: oneOrMore,
    rows: z.array(id).min(1).max(3),
    /** A grain of time, or a dimension. */
    columns: id.default('week'),
    heat: z.enum(['table', 'column', 'row', 'measure', 'off']).default('table'),
  }),
  /** Events, one row each, with what is known of them. */
  z.strictObject({
    ...tileBase,
    /** The dimension whose values are the rows. */
    schedule: id,
    /** Its name, for people. */
    name: id,
    /** When it starts: a dimension that holds an instant. */
    starts: id,
    details: z.array(id).max(8).default([]),
    metrics: z.array(id).min(1).max(12),
    /** Rows are held against others of the same value: `series`. */
    series: id.optional(),
    marks: z.array(id).max(4).optional(),
  }),
  /** Why a metric changed, split over a hierarchy of dimensions. */
  z.strictObject({ ...tileBase, change: id, by: z.array(id).min(1).max(4) }),
  z.strictObject({ ...tileBase, text: z.string().max(2000) }),
]);

export const DASHBOARD_ICONS = ['overview', 'chart', 'calendar', 'table', 'sources', 'funnel'] as const;
export type DashboardIcon = (typeof DASHBOARD_ICONS)[number];

export const dashboardFile = z.strictObject({
  version: z.literal(1),
  name: id,
  title: z.string().min(1).max(100),
  description: z.string().max(500).optional(),
  /** Heading in the menu under which it stands with others of the same. */
  section: z.string().min(1).max(40).optional(),
  /** Its picture in the menu. */
  icon: z.enum(DASHBOARD_ICONS).optional(),
  /** The page of one value of this dimension (a webinar): it is not in the menu and always filtered to that value. */
  subject: id.optional(),
  defaults: z
    .strictObject({
      period: z.string().default('28d'),
      compare: z.string().default('prev'),
      grain: grain.optional(),
      /** Only cohorts that have settled, unless the reader asks for all. */
      matured: z.boolean().default(false),
    })
    .prefault({}),
  filters: z
    .array(
      z.strictObject({
        dimension: id,
        multiple: z.boolean().default(true),
        default: z.array(z.string()).optional(),
        locked: z.boolean().default(false),
        hidden: z.boolean().default(false),
        removable: z.boolean().default(true),
      }),
    )
    .default([]),
  rows: z.array(z.strictObject({ title: z.string().max(120).optional(), tiles: z.array(tileSpec).min(1) })).min(1),
});

export type DashboardFile = z.infer<typeof dashboardFile>;
export type TileSpec = z.infer<typeof tileSpec>;

/** What the colours of a pivot compare: the whole table (of the measure shown), each column, each row. */
export type HeatScope = 'table' | 'column' | 'row' | 'measure' | 'off';

interface TileBase {
  /** Stable in the dashboard: `r1t2` or from the title; used in #tile=. */
  id: string;
  title: string;
  subtitle?: string;
  width: number;
  height: 's' | 'm' | 'l' | 'auto';
  note?: string;
}
/** A tile as the browser gets it: one discriminated union. */
export type Tile =
  | (TileBase & { kind: 'scorecards'; metrics: string[] })
  | (TileBase & {
      kind: 'line';
      metrics: string[];
      by?: string;
      grain?: string;
      compare?: 'off' | 'prev' | 'prev_year';
    })
  | (TileBase & { kind: 'bar'; metric: string; by: string; sort?: string; limit?: number; intervals?: true })
  | (TileBase & { kind: 'heatmap'; metrics: string[]; value: 'per_day' | 'total' })
  | (TileBase & { kind: 'funnel'; funnel: string; by?: string })
  | (TileBase & {
      kind: 'table';
      metrics: string[];
      by: string[];
      sort?: string;
      limit?: number;
      search: boolean;
      totals: boolean;
      intervals?: true;
      marks?: string[];
      marksWithin?: string;
    })
  | (TileBase & { kind: 'pivot'; metrics: string[]; rows: string[]; columns: string; heat: HeatScope })
  | (TileBase & {
      kind: 'schedule';
      entity: string;
      name: string;
      starts: string;
      details: string[];
      metrics: string[];
      series?: string;
      marks: string[];
    })
  | (TileBase & { kind: 'change'; metric: string; by: string[] })
  | (TileBase & { kind: 'text'; text: string });

export interface Dashboard {
  name: string;
  title: string;
  description?: string;
  subject?: string;
  section?: string;
  icon?: DashboardIcon;
  defaults: { period: string; compare: string; grain?: string; matured?: boolean };
  filters: {
    dimension: string;
    multiple: boolean;
    default?: string[];
    locked: boolean;
    hidden: boolean;
    removable: boolean;
  }[];
  rows: { title?: string; tiles: Tile[] }[];
}
