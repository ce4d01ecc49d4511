import { IconArrowsDiagonal, IconClock, IconLink, IconTable, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import type { ResultMeta } from '../../src/contract/result.ts';
import { useSize } from '../charts/use-size.ts';
import type { TileExports } from '../export/data-sheet.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { Hint } from '../layout/hint.tsx';
import { announce, showToast } from '../layout/messages.tsx';
import { lettersAreOn } from '../layout/preferences.ts';
import { ResultTable } from '../table/result-table.tsx';
import type { TableView } from '../table/table-view.ts';
import { useDashboard } from './dashboard-context.ts';
import type { EmptyState } from './empty-state.ts';
import { useTileBusy } from './tile-busy.ts';
import { lateSentences, type TileError } from './tile-data.ts';
import { TileFoot } from './tile-foot.tsx';
import { TileEmpty, TileFailure, TileSkeleton, Working } from './tile-states.tsx';

/** Pixels of a tile's body; `auto` is as high as what is in it. */
export const BODY_HEIGHT = { s: 96, m: 240, l: 360, auto: null } as const;

/** What the frame needs to know of a tile in each of its states. */
export type TileContent =
  | { state: 'waiting' }
  | { state: 'failed'; error: TileError }
  | { state: 'empty'; meta: ResultMeta; empty: EmptyState }
  | {
      state: 'ready';
      meta: ResultMeta;
      /** Rows behind the picture. */
      table: () => TableView;
      /** The raw numbers of it for files; the words of `table` where absent. */
      exports?: () => TileExports;
      /** Draws into `height` pixels; null leaves the height to the content. */
      body: (height: number | null) => ReactNode;
      /** Switches above the body. */
      controls?: ReactNode;
      /** Grey words beside the title: unit, scope, "ignores Channel". */
      notes?: string[];
    };

/** Title, actions, body and foot of every tile, and all its states. */
export function TileFrame({ tile, content }: { tile: Tile; content: TileContent }) {
  const { workspace, period, formats } = useDashboard();
  const [asTable, setAsTable] = useState(false);
  const [expanded, setExpanded] = useState(false);
  const titleId = useId();
  const ready = content.state === 'ready' ? content : null;
  const meta = content.state === 'ready' || content.state === 'empty' ? content.meta : null;
  // Cards and heat-maps are as high as their content, whatever the row.
  const height = tile.kind === 'scorecards' || tile.kind === 'heatmap' ? null : BODY_HEIGHT[tile.height];
  const subtitle = [tile.subtitle, ...(ready?.notes ?? [])].filter(Boolean).join(' · ');
  const late = meta === null ? [] : lateSentences(meta, period.end, workspace.now, formats);

  const toggleTable = (): void => {
    setAsTable(!asTable);
    announce(`${tile.title}: ${asTable ? 'picture' : 'table'}`);
  };
  const copyLink = (): void => {
    const link = `${window.location.href.replace(/#.*$/, '')}#tile=${tile.id}`;
    void navigator.clipboard.writeText(link).then(() => showToast('Link copied'));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === 'v' && ready && lettersAreOn()) {
      event.preventDefault();
      toggleTable();
    } else if (event.key === 'Enter' && event.target === event.currentTarget && ready) {
      event.preventDefault();
      setExpanded(true);
    }
  };

  const body = (bodyHeight: number | null): ReactNode => {
    switch (content.state) {
      case 'waiting':
        return <TileSkeleton tile={tile} />;
      case 'failed':
        return <TileFailure title={tile.title} error={content.error} />;
      case 'empty':
        return <TileEmpty state={content.empty} />;
      case 'ready':
        if (asTable) {
          const rows = <ResultTable view={content.table()} />;
          return bodyHeight === null ? rows : <div className="plot-fill">{rows}</div>;
        }
        return bodyHeight === null ? content.body(null) : <FilledBody>{content.body}</FilledBody>;
    }
  };

  return (
    <TileArticle tile={tile} titleId={titleId} state={content.state} onKeyDown={onKeyDown}>
      <header className="tile-header">
        <div className="tile-heading">
          <h2 id={titleId}>{tile.title}</h2>
          {late.length > 0 && (
            <span className="tile-late">
              <Hint label="Not complete" icon={<IconClock size={14} aria-hidden />}>
                {late.join(' ')}
              </Hint>
            </span>
          )}
          {subtitle && <p className="tile-subtitle">{subtitle}</p>}
        </div>
        {ready && (
          <div className="tile-actions">
            <ActionButton
              label={`View ${tile.title} as table`}
              hint="View as table (v)"
              pressed={asTable}
              onClick={toggleTable}
            >
              <IconTable size={16} aria-hidden />
            </ActionButton>
            {tile.kind !== 'text' && (
              <ExportMenu
                tile={tile}
                meta={ready.meta}
                notes={ready.notes ?? []}
                table={ready.table}
                exports={ready.exports}
              />
            )}
            <ActionButton label={`Copy link to ${tile.title}`} hint="Copy link" onClick={copyLink}>
              <IconLink size={16} aria-hidden />
            </ActionButton>
            <ActionButton label={`Expand ${tile.title}`} hint="Expand (Enter)" onClick={() => setExpanded(true)}>
              <IconArrowsDiagonal size={16} aria-hidden />
            </ActionButton>
          </div>
        )}
      </header>
      {ready?.controls && !asTable && <div className="tile-controls">{ready.controls}</div>}
      <div className="tile-body" style={height === null ? undefined : { minHeight: height }}>
        {body(height)}
        <WorkingWhileBusy />
      </div>
      {tile.note && <p className="tile-note">{tile.note}</p>}
      {/* The foot keeps its place while the tile waits. */}
      {meta ? <TileFoot meta={meta} late={late} /> : <footer className="tile-foot">{'\u00a0'}</footer>}
      {expanded && ready && (
        <ExpandedTile title={tile.title} onClose={() => setExpanded(false)}>
          {asTable ? <ResultTable view={ready.table()} /> : ready.body(height === null ? null : 520)}
        </ExpandedTile>
      )}
    </TileArticle>
  );
}

/** Stands apart, so that dimming a tile draws nothing of it anew. */
function TileArticle(props: {
  tile: Tile;
  titleId: string;
  state: TileContent['state'];
  onKeyDown(event: KeyboardEvent<HTMLElement>): void;
  children: ReactNode;
}) {
  const { tile, titleId, state, onKeyDown, children } = props;
  const busy = useTileBusy();
  return (
    <article
      id={`tile-${tile.id}`}
      className={`tile tile-${tile.kind}`}
      aria-labelledby={titleId}
      aria-busy={busy}
      data-state={state}
      data-refetching={busy && state !== 'waiting' ? true : undefined}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {children}
    </article>
  );
}

function WorkingWhileBusy() {
  return useTileBusy() && <Working />;
}

/** As high as the tile, which is at least its declared height and as high as its neighbours. */
function FilledBody({ children }: { children: (height: number) => ReactNode }) {
  const [ref, { height }] = useSize<HTMLDivElement>();
  return (
    <div ref={ref} className="plot-fill">
      {height > 0 && children(height)}
    </div>
  );
}

function ActionButton(props: {
  label: string;
  hint: string;
  pressed?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={props.label}
      title={props.hint}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

/** The tile over the whole page; Esc or the button closes it and the focus goes back by itself. */
function ExpandedTile({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className="tile-dialog"
      aria-label={title}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header className="tile-header">
        <p className="tile-dialog-title">{title}</p>
        <button type="button" className="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
          <IconX size={16} aria-hidden />
        </button>
      </header>
      <div className="tile-dialog-body">{children}</div>
    </dialog>
  );
}

function isTyping(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
