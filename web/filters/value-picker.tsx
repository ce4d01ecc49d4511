import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import type { Filter } from '../../src/contract/query.ts';
import { formatValue } from '../format/index.ts';
import type { FilterValue } from './filter-values.ts';

interface ValuePickerProps {
  /** The dimension's name on screen. */
  label: string;
  /** What the counts are of. */
  countedAs: string | null;
  values: FilterValue[];
  multiple: boolean;
  locale: string;
  /** The selection while the panel is open; it is applied when the panel closes. */
  draft: ValueDraft;
  onDraft(draft: ValueDraft): void;
  /** Enter. */
  /** Ends the choice with this draft. */
  onDone(draft: ValueDraft): void;
}

export interface ValueDraft {
  chosen: readonly string[];
  excluded: boolean;
}

export function draftOf(filter: Filter | undefined): ValueDraft {
  if (filter === undefined) return { chosen: [], excluded: false };
  if (filter.op === 'null') return { chosen: [''], excluded: filter.values.length > 0 };
  return { chosen: filter.values.map(String), excluded: filter.op === 'not' || filter.op === 'ne' };
}

/** Nothing chosen is no filter; so is everything. */
export function filterOf(dimension: string, draft: ValueDraft, values: readonly FilterValue[]): Filter | null {
  const all = values.length > 0 && values.every((value) => draft.chosen.includes(value.value));
  if (draft.chosen.length === 0 || (all && !draft.excluded)) return null;
  return { dimension, op: draft.excluded ? 'not' : 'in', values: [...draft.chosen] };
}

/** Search, values with their counts, "Only", select all, exclude. */
export function ValuePicker(props: ValuePickerProps) {
  const { label, values, draft, onDraft, onDone, multiple, locale } = props;
  const [search, setSearch] = useState('');
  const id = useId();
  const found = useMemo(() => searchValues(values, search, locale), [values, search, locale]);
  const chosen = new Set(draft.chosen);

  const choose = (value: string, on: boolean) => {
    if (!multiple) return onDraft({ ...draft, chosen: on ? [value] : [] });
    const next = new Set(chosen);
    if (on) next.add(value);
    else next.delete(value);
    onDraft({ ...draft, chosen: values.map((one) => one.value).filter((one) => next.has(one)) });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      onDone(draft);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      moveFocus(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the fields inside bubble up to here
    <div className="value-picker" onKeyDown={onKeyDown}>
      <input
        type="search"
        className="field"
        aria-label={`Search ${label}`}
        placeholder="Search"
        value={search}
        data-autofocus
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <div className="value-actions">
        {multiple && (
          <button
            type="button"
            className="button-text"
            onClick={() => onDraft({ ...draft, chosen: unite(draft.chosen, found) })}
          >
            Select all
          </button>
        )}
        <button type="button" className="button-text" onClick={() => onDraft({ ...draft, chosen: [] })}>
          Clear
        </button>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.excluded}
            onChange={(event) => onDraft({ ...draft, excluded: event.currentTarget.checked })}
          />
          Exclude
        </label>
      </div>
      <fieldset className="value-list" aria-label={label}>
        {props.countedAs && (
          <p className="value-head faint" id={id}>
            {props.countedAs}
          </p>
        )}
        {found.map(({ value, label: name, count }) => (
          <div key={value} className="value-row">
            <label className="check">
              <input
                type={multiple ? 'checkbox' : 'radio'}
                checked={chosen.has(value)}
                onChange={(event) => choose(value, event.currentTarget.checked)}
              />
              <span className="value-name">{name}</span>
              {count !== null && <span className="value-count faint">{formatValue(count, { locale }, 'table')}</span>}
            </label>
            {multiple && (
              <button
                type="button"
                className="button-text value-only"
                aria-label={`Only ${name}`}
                onClick={() => onDone({ chosen: [value], excluded: false })}
              >
                Only
              </button>
            )}
          </div>
        ))}
        {found.length === 0 && <p className="faint">Nothing is called so.</p>}
      </fieldset>
      <div className="layer-actions">
        <button type="button" className="button-main" onClick={() => onDone(draft)}>
          Apply
        </button>
      </div>
    </div>
  );
}

/** Case and accents do not matter. */
export function searchValues(values: FilterValue[], search: string, locale: string): FilterValue[] {
  const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase(locale);
  const wanted = fold(search.trim());
  return wanted === '' ? values : values.filter((value) => fold(value.label).includes(wanted));
}

function unite(chosen: readonly string[], found: readonly FilterValue[]): string[] {
  return [...new Set([...chosen, ...found.map((value) => value.value)])];
}

function moveFocus(container: HTMLElement, direction: 1 | -1): void {
  const stops = [...container.querySelectorAll<HTMLElement>('input[type="search"], .value-row input')];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  stops[Math.min(stops.length - 1, Math.max(0, at + direction))]?.focus();
}
