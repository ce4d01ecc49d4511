import { type FormEvent, useId, useState } from 'react';
import type { ParameterInfo } from '../../src/contract/api.ts';
import type { ViewState } from '../../src/contract/url.ts';
import { Layer } from '../layout/layer.tsx';

const SHORT_UNITS: Record<ParameterInfo['unit'], string> = {
  second: ' s',
  minute: ' min',
  hour: ' h',
  day: ' d',
  number: '',
};

const UNITS: Record<ParameterInfo['unit'], string> = {
  second: 'seconds',
  minute: 'minutes',
  hour: 'hours',
  day: 'days',
  number: '',
};

interface ParameterPickerProps {
  /** At least one. */
  parameters: readonly ParameterInfo[];
  values: ViewState['parameters'];
  opened: boolean;
  onOpened(opened: boolean): void;
  onValues(values: ViewState['parameters']): void;
}

/** The thresholds of the page: `Short visit ≥ 5 min, Long visit ≥ 30 min`. */
export function ParameterPicker({ parameters, values, opened, onOpened, onValues }: ParameterPickerProps) {
  const text = parameters
    .map((one) => `${one.label} ≥ ${values[one.name] ?? one.default}${SHORT_UNITS[one.unit]}`)
    .join(', ');
  return (
    <Layer label="Thresholds" opened={opened} onChange={onOpened} button={text} buttonLabel={`Thresholds: ${text}`}>
      <ParameterForm
        key={JSON.stringify(values)}
        parameters={parameters}
        values={values}
        onValues={(next) => {
          onValues(next);
          onOpened(false);
        }}
      />
    </Layer>
  );
}

type ParameterFormProps = Pick<ParameterPickerProps, 'parameters' | 'values' | 'onValues'>;

function ParameterForm({ parameters, values, onValues }: ParameterFormProps) {
  const id = useId();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const apply = (event: FormEvent) => {
    event.preventDefault();
    onValues(chosenValues(parameters, values, texts));
  };
  return (
    <form className="parameter-form" onSubmit={apply}>
      <p className="layer-title">Thresholds of this page</p>
      {parameters.map((one) => (
        <div key={one.name} className="parameter">
          <label htmlFor={`${id}-${one.name}`}>{one.label}</label>
          <span className="parameter-value">
            <input
              id={`${id}-${one.name}`}
              type="number"
              className="field"
              inputMode="decimal"
              min={one.min}
              max={one.max}
              step={one.step}
              required
              value={texts[one.name] ?? String(values[one.name] ?? one.default)}
              onChange={(event) => setTexts({ ...texts, [one.name]: event.currentTarget.value })}
              aria-describedby={one.description ? `${id}-${one.name}-note` : undefined}
            />
            {UNITS[one.unit]}
          </span>
          {one.description && (
            <p id={`${id}-${one.name}-note`} className="faint">
              {one.description}
            </p>
          )}
        </div>
      ))}
      <div className="parameter-actions">
        <button type="submit" className="button">
          Apply
        </button>
        <button type="button" className="button-quiet" onClick={() => onValues({})}>
          Back to {parameters.map((one) => `${one.default}${SHORT_UNITS[one.unit]}`).join(' and ')}
        </button>
      </div>
    </form>
  );
}

/** What was typed over what was chosen; values at their default are left out of the address. */
export function chosenValues(
  parameters: readonly ParameterInfo[],
  values: ViewState['parameters'],
  texts: Readonly<Record<string, string>>,
): ViewState['parameters'] {
  const chosen = { ...values };
  for (const { name, default: standard, min, max } of parameters) {
    const text = texts[name];
    if (text === undefined || text.trim() === '') continue;
    const value = Math.min(max, Math.max(min, Number(text)));
    if (!Number.isFinite(value)) continue;
    if (value === standard) delete chosen[name];
    else chosen[name] = value;
  }
  return chosen;
}
