import { IconPlus } from '@tabler/icons-react';
import type { DimensionInfo } from '../../src/contract/api.ts';
import { Layer } from '../layout/layer.tsx';

interface AddFilterProps {
  /** Dimensions that have no chip yet. */
  dimensions: DimensionInfo[];
  opened: boolean;
  onOpened(opened: boolean): void;
  onAdd(dimension: string): void;
}

export function AddFilter({ dimensions, opened, onOpened, onAdd }: AddFilterProps) {
  return (
    <Layer
      label="Add a filter"
      opened={opened}
      onChange={onOpened}
      buttonClass="button-quiet"
      button={
        <>
          <IconPlus aria-hidden size={16} /> Filter
        </>
      }
    >
      <ul className="menu-list" aria-label="Dimensions">
        {dimensions.map((dimension) => (
          <li key={dimension.name}>
            <button
              type="button"
              className="preset"
              title={dimension.description}
              onClick={() => onAdd(dimension.name)}
            >
              {dimension.label}
            </button>
          </li>
        ))}
        {dimensions.length === 0 && <li className="faint">Every filter is on the bar already.</li>}
      </ul>
    </Layer>
  );
}
