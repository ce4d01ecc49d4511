import type { Tile } from '../../src/contract/dashboard.ts';
import { Funnel } from '../charts/funnel.tsx';
import { describeFunnel, funnelDefinition, toFunnelSteps } from '../charts/funnel-steps.ts';
import { labelOf } from '../charts/series.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { funnelSheet } from '../export/chart-sheets.ts';
import { funnelTable, type TableView } from '../table/table-view.ts';
import { useDashboard, useDimension } from './dashboard-context.ts';
import { emptyState } from './empty-state.ts';
import { gatherResults, ignoredDimensions } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

/** At most this many small multiples; the table has the rest. */
const SEGMENTS = 6;

export function FunnelTile({ tile }: { tile: Extract<Tile, { kind: 'funnel' }> }) {
  const state = useDashboard();
  const { catalog, formats, results } = state;
  const by = useDimension(tile.by);
  const data = gatherResults(results, { funnel: partKey.funnel(tile) });
  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;

  const result = data.results.funnel;
  const info = catalog.funnels.find((funnel) => funnel.name === tile.funnel);
  const dimension = tile.by;
  const values = dimension ? [...new Set(result.rows.map((row) => String(row[dimension] ?? '')))] : [];
  const segments = dimension
    ? values.map((value) => ({
        title: labelOf(by, value),
        steps: toFunnelSteps(result, { dimension, value }),
      }))
    : [{ title: '', steps: toFunnelSteps(result) }];
  if (segments.every((segment) => (segment.steps[0]?.reached ?? 0) === 0)) {
    return (
      <TileFrame tile={tile} content={{ state: 'empty', meta: result.meta, empty: emptyState(result, [], state) }} />
    );
  }
  const ignored = ignoredDimensions(
    result.columns,
    (name) => catalog.dimensions.find((one) => one.name === name)?.label ?? name,
  );
  const definition = info ? funnelDefinition(info) : null;
  const table = (): TableView => {
    const tables = segments.map((segment) => funnelTable(tile.title, segment.steps, formats));
    const [first] = tables;
    if (!first || !dimension) return first ?? { caption: tile.title, columns: [], rows: [] };
    return {
      caption: tile.title,
      columns: [{ label: by?.label ?? dimension, numeric: false }, ...first.columns],
      rows: tables.flatMap((one, index) => one.rows.map((row) => [segments[index]?.title ?? '', ...row])),
    };
  };
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: result.meta,
        notes: ignored.length > 0 ? [`ignores ${ignored.join(', ')}`] : [],
        table,
        exports: () => ({ shown: funnelSheet(dimension ? (by?.label ?? dimension) : null, segments) }),
        body: () => (
          <div>
            {definition && (
              <p className="funnel-definition">
                {definition.lead} <strong>{definition.steps}</strong>, {definition.tail}
              </p>
            )}
            {segments.slice(0, SEGMENTS).map((segment) => (
              <figure
                key={segment.title}
                className="funnel-figure"
                aria-label={describeFunnel(segment.title || tile.title, segment.steps, formats)}
              >
                {segment.title && <figcaption>{segment.title}</figcaption>}
                <Funnel steps={segment.steps} smallBelow={info?.min_sample ?? 0} />
              </figure>
            ))}
            {segments.length > SEGMENTS && <p className="tile-note">{segments.length - SEGMENTS} more in the table</p>}
          </div>
        ),
      }}
    />
  );
}
