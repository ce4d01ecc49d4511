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
  }),
  z.strictObject({ ...tileBase, text: z.string().max(2000) }),
]);

export const dashboardFile = z.strictObject({
  version: z.literal(1),
  name: id,
  title: z.string().min(1).max(100),
  description: z.string().max(500).optional(),
  defaults: z
    .strictObject({ period: z.string().default('28d'), compare: z.string().default('prev'), grain: grain.optional() })
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
  | (TileBase & { kind: 'bar'; metric: string; by: string; sort?: string; limit?: number })
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
    })
  | (TileBase & { kind: 'text'; text: string });

export interface Dashboard {
  name: string;
  title: string;
  description?: string;
  defaults: { period: string; compare: string; grain?: string };
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
