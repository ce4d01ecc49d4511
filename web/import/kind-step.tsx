import type { RowMapping } from '../../src/contract/mapping.ts';
import { neededFields } from './file-words.ts';
import type { StepProps } from './step-props.ts';

interface KindStepProps extends Pick<StepProps, 'info' | 'kinds'> {
  chosen: RowMapping['record'];
  onChoose(record: RowMapping['record']): void;
}

/** Step 2: what one row is. The answer decides which fields there are. */
export function KindStep({ info, kinds, chosen, onChoose }: KindStepProps) {
  return (
    <>
      <p className="faint import-lead">
        {info.mapping.record === 'row'
          ? 'A table of your own keeps the columns as they are and gets a dashboard of its own. If the rows are one of the things below, choose that: they then count in the dashboards that are there.'
          : 'Guessed from the columns. These rows count in the dashboards that are there; a table of your own gets a dashboard of its own.'}
      </p>
      <fieldset className="import-kinds" aria-label="What is one row?">
        {kinds.kinds.map((one) => (
          <label key={one.record} className="import-kind">
            <input
              type="radio"
              name="kind"
              value={one.record}
              checked={chosen === one.record}
              onChange={() => onChoose(one.record as RowMapping['record'])}
            />
            <span>
              <strong>{one.label}</strong>
              <span className="import-kind-text">{one.description}</span>
              <span className="faint">{neededFields(one)}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  );
}
