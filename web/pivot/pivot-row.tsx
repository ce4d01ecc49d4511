import { IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import { Sparkline } from '../charts/sparkline.tsx';
import type { BucketState, Heading } from './pivot-columns.ts';
import type { VisibleRow } from './pivot-rows.ts';
import type { Slot } from './pivot-selection.ts';
import type { PivotCell, PivotNode } from './pivot-table.ts';

interface PivotRowProps {
  node: PivotNode;
  /** null of the total. */
  shown: VisibleRow | null;
  /** Its row of the grid, from 0 of the header. */
  index: number;
  slots: readonly Slot[];
  columns: readonly Heading[];
  /** Palette steps aligned with the columns, as text so that equal ones are equal. */
  steps: string;
  /** The column of the one cell that can be tabbed to; -1 where it is in another row. */
  active: number;
  /** Selected columns, both inside; null where none is. */
  selected: string | null;
  trendLabel: string;
}

/** One row of the grid. Its events are handled by the table around it. */
export const PivotRow = memo(function PivotRow(props: PivotRowProps) {
  const { node, shown, index, slots, columns, active } = props;
  const steps = props.steps.split(',');
  const [left, right] = props.selected?.split(':').map(Number) ?? [];
  const isSelected = (place: number): boolean =>
    left !== undefined && right !== undefined && place >= left && place <= right;
  const cell = (place: number, attributes: Record<string, unknown>, children: React.ReactNode) => (
    <td
      key={place}
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a cell that arrow keys move to
      role="gridcell"
      data-row={index}
      data-column={place}
      tabIndex={active === place ? 0 : -1}
      aria-selected={isSelected(place) || undefined}
      {...attributes}
    >
      {children}
    </td>
  );
  return (
    <tr
      aria-level={shown?.level ?? 1}
      aria-expanded={shown?.expanded ?? undefined}
      aria-posinset={shown?.place}
      aria-setsize={shown?.siblings}
      aria-rowindex={index + 1}
      data-total={shown === null || undefined}
      data-open={shown?.expanded === true || undefined}
    >
      {slots.map((slot, place) => {
        switch (slot.kind) {
          case 'label':
            return (
              <th
                key="label"
                scope="row"
                data-row={index}
                data-column={place}
                tabIndex={active === place ? 0 : -1}
                title={node.label}
                style={{ paddingInlineStart: 8 + 16 * ((shown?.level ?? 1) - 1) }}
              >
                <span className="pivot-label">
                  {shown !== null && (
                    <span className="pivot-chevron" data-toggle={shown.expanded !== null || undefined}>
                      {shown.expanded !== null && <IconChevronRight size={14} aria-hidden />}
                    </span>
                  )}
                  <span className="pivot-name">{node.label}</span>
                  {node.detail && <span className="pivot-detail">{node.detail}</span>}
                  {node.stateWords && <span className="pivot-detail">{node.stateWords}</span>}
                </span>
              </th>
            );
          case 'column': {
            const value = node.cells[slot.index];
            const column = columns[slot.index];
            const step = steps[slot.index];
            const state = stateOf(node.state, column?.state);
            return cell(
              place,
              {
                'data-step': step === '' ? undefined : step,
                'data-state': state === 'settled' ? undefined : state,
                'data-small': value?.small || undefined,
              },
              <CellText value={value} state={state} />,
            );
          }
          case 'trend':
            return cell(
              place,
              { className: 'pivot-trend' },
              node.trend && (
                <Sparkline
                  label={props.trendLabel}
                  values={known(node.trend)}
                  partial={known(node.trend).map(() => false)}
                  compared={null}
                />
              ),
            );
          case 'total':
            return cell(
              place,
              { className: 'pivot-total', 'data-small': node.total.small || undefined },
              <CellText value={node.total} state="settled" />,
            );
          default:
            return cell(
              place,
              { className: 'pivot-change' },
              node.change ? (
                <span className={`change change-${node.change.tone}`}>
                  <span aria-hidden="true">
                    {node.change.glyph} {node.change.text}
                  </span>
                  <span className="visually-hidden">{node.change.words}</span>
                </span>
              ) : (
                <span className="faint">—</span>
              ),
            );
        }
      })}
    </tr>
  );
});

function CellText({ value, state }: { value: PivotCell | undefined; state: BucketState }) {
  if (!value || value.amount === null) {
    const text = value?.text ?? '—';
    return (
      <>
        <span aria-hidden="true" className="faint">
          {text}
        </span>
        <span className="visually-hidden">{text === '—' ? 'no data' : text}</span>
      </>
    );
  }
  const words = [
    ...(value.small ? [`small sample, n = ${value.sample}`] : []),
    ...(state === 'running' ? ['so far'] : state === 'maturing' ? ['still maturing'] : []),
  ];
  return (
    <>
      <span>{value.short}</span>
      {words.length > 0 && <span className="visually-hidden">, {words.join(', ')}</span>}
    </>
  );
}

/** What is running in either direction is running. */
function stateOf(row: BucketState, column: BucketState | undefined): BucketState {
  if (row === 'running' || column === 'running') return 'running';
  return row === 'maturing' || column === 'maturing' ? 'maturing' : 'settled';
}

/** Weeks without a number are passed over: a line goes from the first known to the last. */
function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
