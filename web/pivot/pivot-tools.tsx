import { IconArrowDown, IconArrowUp, IconChevronDown, IconSwitchHorizontal, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { GRAINS } from '../../src/contract/words.ts';
import { dimensionLabel } from '../filters/filter-words.ts';
import { Layer } from '../layout/layer.tsx';
import { announce } from '../layout/messages.tsx';
import { useDashboard } from '../tile/dashboard-context.ts';
import {
  columnOf,
  MOST_ROW_DIMENSIONS,
  moveRow,
  type PivotLayout,
  type PivotTileSpec,
  pivotDimensions,
  swapAxes,
} from './pivot-layout.ts';

/** Which measure, by what, which way round; all by keyboard. */
export function PivotTools(props: {
  tile: PivotTileSpec;
  layout: PivotLayout;
  onLayout: (layout: PivotLayout) => void;
  /** null where there is nothing to open. */
  onExpand: (() => void) | null;
  onCollapse: (() => void) | null;
}) {
  const { tile, layout, onLayout } = props;
  const { catalog } = useDashboard();
  const name = useFieldName();
  return (
    <>
      {tile.metrics.length > 1 && (
        <label className="pivot-choice">
          Measure
          <select
            className="field"
            value={layout.metric}
            onChange={(event) => onLayout({ ...layout, metric: event.currentTarget.value })}
          >
            {tile.metrics.map((metric) => (
              <option key={metric} value={metric}>
                {catalog.metrics.find((one) => one.name === metric)?.label ?? metric}
              </option>
            ))}
          </select>
        </label>
      )}
      <RowsMenu {...props} />
      <button
        type="button"
        className="button"
        onClick={() => {
          onLayout(swapAxes(layout));
          announce(`Rows by ${name(layout.column)}, columns by ${name(layout.rows[0] ?? '')}`);
        }}
      >
        <IconSwitchHorizontal size={16} aria-hidden />
        Swap
      </button>
      {(props.onExpand || props.onCollapse) && (
        <span className="pivot-levels">
          <button type="button" className="button" disabled={!props.onExpand} onClick={() => props.onExpand?.()}>
            Expand
          </button>
          <button type="button" className="button" disabled={!props.onCollapse} onClick={() => props.onCollapse?.()}>
            Collapse
          </button>
        </span>
      )}
    </>
  );
}

/** The row dimensions from the widest to the narrowest, and the columns. */
function RowsMenu({
  tile,
  layout,
  onLayout,
}: {
  tile: PivotTileSpec;
  layout: PivotLayout;
  onLayout: (layout: PivotLayout) => void;
}) {
  const { catalog } = useDashboard();
  const [opened, setOpened] = useState(false);
  const name = useFieldName();
  const { rows, column } = layout;
  const dimensions = pivotDimensions(tile, catalog);
  const taken = [...rows, column].map(columnOf);
  const free = [...dimensions, ...GRAINS].filter((one) => !taken.includes(columnOf(one)));
  const columnChoices = [...GRAINS, ...dimensions].filter(
    (one) => one === column || !rows.map(columnOf).includes(columnOf(one)),
  );
  const move = (row: string, step: -1 | 1): void => {
    onLayout(moveRow(layout, row, step));
    announce(`${name(row)} moved ${step < 0 ? 'up' : 'down'}`);
  };
  return (
    <Layer
      label="Rows and columns"
      opened={opened}
      onChange={setOpened}
      className="pivot-fields"
      button={
        <>
          Rows: {rows.map(name).join(' › ')}
          <IconChevronDown size={14} aria-hidden />
        </>
      }
    >
      <p className="layer-title">Rows, widest first</p>
      <ol className="menu-list">
        {rows.map((row, index) => (
          <li key={row} className="pivot-field">
            <span>{name(row)}</span>
            <button
              type="button"
              className="button-icon"
              aria-label={`Move ${name(row)} up`}
              disabled={index === 0}
              onClick={() => move(row, -1)}
            >
              <IconArrowUp size={16} aria-hidden />
            </button>
            <button
              type="button"
              className="button-icon"
              aria-label={`Move ${name(row)} down`}
              disabled={index === rows.length - 1}
              onClick={() => move(row, 1)}
            >
              <IconArrowDown size={16} aria-hidden />
            </button>
            <button
              type="button"
              className="button-icon"
              aria-label={`Remove ${name(row)} from the rows`}
              disabled={rows.length === 1}
              onClick={() => onLayout({ ...layout, rows: rows.filter((one) => one !== row) })}
            >
              <IconX size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
      {rows.length < MOST_ROW_DIMENSIONS && (
        <label className="pivot-choice">
          Add to the rows
          <select
            className="field"
            value=""
            onChange={(event) => onLayout({ ...layout, rows: [...rows, event.currentTarget.value] })}
          >
            <option value="" disabled>
              Choose
            </option>
            {free.map((one) => (
              <option key={one} value={one}>
                {name(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="pivot-choice">
        Columns
        <select
          className="field"
          value={column}
          onChange={(event) => onLayout({ ...layout, column: event.currentTarget.value })}
        >
          {columnChoices.map((one) => (
            <option key={one} value={one}>
              {name(one)}
            </option>
          ))}
        </select>
      </label>
    </Layer>
  );
}

/** What a grain or a dimension is called. */
export function useFieldName(): (name: string) => string {
  const { catalog } = useDashboard();
  return (name) =>
    dimensionLabel(
      catalog.dimensions.find((one) => one.name === name),
      name,
    );
}
