import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import type { Row } from '../../src/contract/result.ts';
import { numberOf } from '../charts/series.ts';
import { CellMenu, type MenuItem } from '../layout/cell-menu.tsx';
import type { ChangeColumn } from './change-columns.ts';
import type { ChangeNode, ShownNode } from './change-tree.ts';
import type { ChangeWords } from './change-words.ts';
import './change.css';

interface ChangeGridProps {
  title: string;
  heading: string;
  rows: readonly ShownNode[];
  totals: Row | undefined;
  columns: readonly ChangeColumn[];
  words: ChangeWords;
  /** Of the bars. */
  largest: number;
  onToggle: (node: ChangeNode, open: boolean, whole: boolean) => void;
  menuItems: (node: ChangeNode) => MenuItem[];
  onCopy: () => void;
}

/**
 * Segments within segments as a treegrid: up and down move, right and left open and close (with Shift the whole level), Enter or a
 * click opens what can be done with a row, Ctrl C copies the table.
 */
export function ChangeGrid(props: ChangeGridProps) {
  const { title, heading, rows, totals, columns, words, largest } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [wanted, setAt] = useState(0);
  const [menu, setMenu] = useState<{ anchor: HTMLElement; node: ChangeNode } | null>(null);
  const focusNext = useRef(false);
  const at = Math.min(wanted, rows.length - 1);

  useEffect(() => {
    if (!focusNext.current) return;
    focusNext.current = false;
    const row = body.current?.rows[at];
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  });
  const move = (index: number): void => {
    focusNext.current = true;
    setAt(Math.max(0, Math.min(rows.length - 1, index)));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const shown = rows[at];
    if (!shown || event.altKey || event.target instanceof HTMLAnchorElement) return;
    const { node, expanded } = shown;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'c' || String(window.getSelection()) !== '') return;
      props.onCopy();
    } else if (event.key === 'ArrowDown') move(at + 1);
    else if (event.key === 'ArrowUp') move(at - 1);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(rows.length - 1);
    else if (event.key === 'ArrowRight') {
      if (expanded !== null && (!expanded || event.shiftKey)) props.onToggle(node, true, event.shiftKey);
      else if (expanded) move(at + 1);
    } else if (event.key === 'ArrowLeft') {
      if (expanded !== null && (expanded || event.shiftKey)) props.onToggle(node, false, event.shiftKey);
      else if (node.parent !== null) move(rows.findIndex((row) => row.node.key === node.parent));
    } else if (event.key === ' ' && expanded !== null) props.onToggle(node, !expanded, event.shiftKey);
    else if (event.key === 'Enter') {
      const row = body.current?.rows[at];
      if (row && props.menuItems(node).length > 0) setMenu({ anchor: row, node });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent<HTMLElement>, { node, expanded }: ShownNode, index: number): void => {
    if (event.target instanceof HTMLAnchorElement) return;
    setAt(index);
    const isName = event.target instanceof Element && event.target.closest('th') !== null;
    if (isName && expanded !== null) props.onToggle(node, !expanded, event.shiftKey);
    else if (props.menuItems(node).length > 0) setMenu({ anchor: event.target as HTMLElement, node });
  };

  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a scroller must be focusable to be scrolled by keyboard */}
      <div
        className="table-scroller change-scroller"
        role="region"
        aria-label={`${title}, table`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are moved through by arrow keys
          role="treegrid"
          className="change-table"
          aria-label={title}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <th scope="col">{heading}</th>
              {columns.map((column) => (
                <th key={column.key} scope="col" className={`change-${column.key}`} title={column.title}>
                  {column.label}
                  {column.detail && <span className="change-detail">{column.detail}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((shown, index) => (
              <tr
                key={shown.node.key}
                aria-level={shown.node.level}
                aria-expanded={shown.expanded ?? undefined}
                tabIndex={index === at ? 0 : -1}
                data-small={shown.node.small || undefined}
                data-unassigned={shown.node.unassigned || undefined}
                data-level={shown.node.level}
                onFocus={(event) => event.target === event.currentTarget && setAt(index)}
                onClick={(event) => onClick(event, shown, index)}
              >
                <th scope="row">
                  <SegmentName {...shown} />
                </th>
                <ChangeCells row={shown.node.row} small={shown.node.small} {...{ columns, words, largest }} />
              </tr>
            ))}
          </tbody>
          {totals && (
            <tfoot>
              <tr>
                <th scope="row">All</th>
                <ChangeCells row={totals} small={false} largest={0} {...{ columns, words }} />
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {menu && (
        <CellMenu
          label={`${menu.node.label}, actions`}
          anchor={menu.anchor}
          items={props.menuItems(menu.node)}
          onClose={() => {
            setMenu(null);
            body.current?.rows[at]?.focus({ preventScroll: true });
          }}
        />
      )}
    </>
  );
}

function SegmentName({ node, expanded }: ShownNode) {
  return (
    <span className="change-name" style={{ paddingInlineStart: (node.level - 1) * 16 }}>
      <span className="change-chevron" aria-hidden="true">
        {expanded !== null && <IconChevronRight size={16} />}
      </span>
      <span className="change-words">
        <span className="change-label" title={node.label}>
          {node.label}
        </span>
        {(node.state === 'new' || node.state === 'gone') && <span className="change-badge">{node.state}</span>}
        {node.unassigned && (
          <Link to="/source-groups" className="change-rules">
            Edit rules
          </Link>
        )}
      </span>
    </span>
  );
}

function ChangeCells(props: {
  row: Row;
  small: boolean;
  columns: readonly ChangeColumn[];
  words: ChangeWords;
  largest: number;
}) {
  const { row, small, columns, words, largest } = props;
  return columns.map((column) => (
    <td key={column.key} className={`change-${column.key}`}>
      {column.key === 'contribution' ? (
        <Contribution amount={column.amount(row)} text={column.text(row)} largest={largest} words={words} />
      ) : (
        column.text(row)
      )}
      {column.key === 'change' && !small && <Between row={row} words={words} />}
      {column.key === 'value' && small && <span className="change-detail">small sample</span>}
    </td>
  ));
}

/** The interval of a change; in full ink where it is more than chance. */
function Between({ row, words }: { row: Row; words: ChangeWords }) {
  const between = words.between(numberOf(row['low']), numberOf(row['high']));
  if (between === '') return null;
  const certain = row['certain'] === 1;
  return (
    <span
      className="change-detail"
      data-certain={certain || undefined}
      title={certain ? '95 % interval; more than chance' : '95 % interval; chance alone could make it'}
    >
      {between}
      {!certain && <span className="visually-hidden">, could be chance</span>}
    </span>
  );
}

/** A bar from the middle, to the right where it adds and to the left where it takes away; the sign says the same. */
function Contribution(props: { amount: number | null; text: string; largest: number; words: ChangeWords }) {
  const { amount, text, largest, words } = props;
  const share = amount === null || largest === 0 ? 0 : Math.min(1, Math.abs(amount) / largest) * 50;
  const better = (amount ?? 0) > 0 === (words.metric.good !== 'down');
  return (
    <span className="change-contribution-cell">
      <span>{text}</span>
      {largest > 0 && (
        <span className="change-bar" aria-hidden="true">
          <span
            data-tone={better ? 'better' : 'worse'}
            style={{ insetInlineStart: `${(amount ?? 0) < 0 ? 50 - share : 50}%`, width: `${share}%` }}
          />
        </span>
      )}
    </span>
  );
}
