import { Suspense, useMemo, useState } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { changeColumns, changeSheet, changeView } from '../change/change-columns.ts';
import { type ChangeNode, largestContribution, shownNodes, toChangeTree, toggleNode } from '../change/change-tree.ts';
import { changeSentence, changeWords } from '../change/change-words.ts';
import { isSelected, toggleSelection } from '../dashboard/filter-selection.ts';
import { partKey } from '../dashboard/query-frame.ts';
import type { MenuItem } from '../layout/cell-menu.tsx';
import { showToast } from '../layout/messages.tsx';
import { part } from '../layout/part.tsx';
import { toTsv } from '../table/table-view.ts';
import { useDashboard } from './dashboard-context.ts';
import { emptyState, hasNothing, periodWords } from './empty-state.ts';
import { gatherResults, ignoredDimensions } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

const ChangeGrid = part(() => import('../change/change-grid.tsx').then((module) => module.ChangeGrid));

type ChangeTileSpec = Extract<Tile, { kind: 'change' }>;

/** Why a metric changed: a sentence, and segments within segments whose contributions add up to the change. */
export function ChangeTile({ tile }: { tile: ChangeTileSpec }) {
  const state = useDashboard();
  const data = gatherResults(state.results, { change: partKey.change(tile) });
  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;
  const result = data.results.change;
  if (result.rows.length === 0 || hasNothing(result, ['value', 'before', 'denominator', 'denominator_before'])) {
    const empty = emptyState(result, ['value'], state);
    return <TileFrame tile={tile} content={{ state: 'empty', meta: result.meta, empty }} />;
  }
  return <Change tile={tile} result={result} />;
}

function Change({ tile, result }: { tile: ChangeTileSpec; result: QueryResult }) {
  const { catalog, formats, view, onView } = useDashboard();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => new Set());
  const nodes = useMemo(() => toChangeTree(result, tile.by, catalog.dimensions), [result, tile.by, catalog]);
  const words = useMemo(() => changeWords(result, formats), [result, formats]);
  if (!words) return null;
  const rows = shownNodes(nodes, expanded);
  const columns = changeColumns(result, words, formats);
  const labelOf = (name: string): string => catalog.dimensions.find((one) => one.name === name)?.label ?? name;
  const labels = tile.by.map(labelOf);
  const heading = labels.join(' › ');
  const sentence = changeSentence(result, nodes, words, formats);
  const ignored = ignoredDimensions([words.metric], labelOf);
  const textTable = (all: readonly ChangeNode[]) => changeView(tile.title, heading, all, columns, result, words);
  const deepest = nodes.some(({ hasChildren }) => hasChildren);
  const menuItems = (node: ChangeNode): MenuItem[] => {
    if (node.path.length === 0 || isSelected(view.filters, node.path)) return [];
    const filters = toggleSelection(view.filters, node.path);
    return [{ label: `Filter page to ${node.label}`, run: () => onView({ filters }) }];
  };
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: result.meta,
        notes: [
          ...(result.compare ? [`against ${comparedWords(result.compare.range, formats)}`] : []),
          ...(ignored.length > 0 ? [`ignores ${ignored.join(', ')}`] : []),
        ],
        table: () => textTable(nodes),
        exports: () => ({ shown: changeSheet(labels, nodes, columns, result) }),
        ...(deepest
          ? {
              controls: (
                <span className="change-levels">
                  <button
                    type="button"
                    className="button"
                    onClick={() =>
                      setExpanded(new Set(nodes.filter(({ hasChildren }) => hasChildren).map(({ key }) => key)))
                    }
                  >
                    Expand all
                  </button>
                  <button
                    type="button"
                    className="button"
                    disabled={expanded.size === 0}
                    onClick={() => setExpanded(new Set())}
                  >
                    Collapse all
                  </button>
                </span>
              ),
            }
          : {}),
        body: () => (
          <>
            <p className="change-sentence">{sentence}</p>
            <Suspense fallback={<div style={{ height: (rows.length + 2) * 46 }} />}>
              <ChangeGrid
                title={tile.title}
                heading={heading}
                rows={rows}
                totals={result.totals}
                columns={columns}
                words={words}
                largest={largestContribution(nodes)}
                onToggle={(node, open, whole) => setExpanded(toggleNode(nodes, expanded, node, open, whole))}
                menuItems={menuItems}
                onCopy={() =>
                  void navigator.clipboard
                    .writeText(toTsv(textTable(rows.map(({ node }) => node))))
                    .then(() => showToast('Table copied'))
                }
              />
            </Suspense>
            <p className="change-method">
              Contributions of each level add up to the change of the whole. A contribution is not a cause.
            </p>
          </>
        ),
      }}
    />
  );
}

/** The period compared with, its last day inside. */
function comparedWords(
  { start, end }: { start: string; end: string },
  formats: ReturnType<typeof useDashboard>['formats'],
) {
  const wholeDays = [start, end].every((instant) => instant.slice(11, 19) === '00:00:00');
  return wholeDays
    ? periodWords({ start: start.slice(0, 10), end: end.slice(0, 10) }, formats)
    : `${formats.instant(start)} – ${formats.instant(end)}`;
}
