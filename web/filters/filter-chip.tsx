import { IconLock, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import type { DimensionInfo } from '../../src/contract/api.ts';
import type { Filter } from '../../src/contract/query.ts';
import { Layer } from '../layout/layer.tsx';
import type { FilterValue } from './filter-values.ts';
import { dimensionLabel, filterWords } from './filter-words.ts';
import { draftOf, filterOf, type ValueDraft, ValuePicker } from './value-picker.tsx';

interface FilterChipProps {
  name: string;
  dimension: DimensionInfo | undefined;
  filter: Filter | undefined;
  values: FilterValue[];
  countedAs: string | null;
  multiple: boolean;
  /** Visible, but the reader cannot change it. */
  locked: boolean;
  locale: string;
  /** Opens by itself once, after "+ Filter". */
  startOpened?: boolean;
  /** null lifts the filter. */
  onFilter(filter: Filter | null): void;
  /** The panel closed; a chip that was just added and left empty goes away. */
  onClosed?(): void;
}

/** A filter in words. A click edits it, × or Backspace lifts it. */
export function FilterChip(props: FilterChipProps) {
  const { name, dimension, filter, values, locked, locale, onFilter } = props;
  const [opened, setOpened] = useState(props.startOpened ?? false);
  const [draft, setDraft] = useState(() => draftOf(filter));
  const [subject, predicate] = filter
    ? filterWords(filter, dimension, locale)
    : [dimensionLabel(dimension, name), 'all'];
  const words = filter ? `${subject} ${predicate}` : `${subject}: ${predicate}`;

  if (locked) {
    return (
      <span className="chip" data-on={filter !== undefined || undefined}>
        <IconLock aria-label="Fixed" role="img" size={14} />
        {words}
      </span>
    );
  }

  const close = (last: ValueDraft) => {
    setOpened(false);
    const chosen = filterOf(name, last, values);
    if (!isSameFilter(chosen, filter)) onFilter(chosen);
    props.onClosed?.();
  };
  const change = (next: boolean) => {
    if (!next) return close(draft);
    setOpened(true);
    setDraft(draftOf(filter));
  };

  const lift = (event: KeyboardEvent) => {
    if (!opened && filter && (event.key === 'Backspace' || event.key === 'Delete')) onFilter(null);
  };

  return (
    <span className="chip" data-on={filter !== undefined || undefined}>
      <Layer
        label={subject}
        opened={opened}
        onChange={change}
        buttonClass="chip-button"
        buttonLabel={`Filter: ${words}`}
        onButtonKey={lift}
        button={
          <>
            <span className="chip-subject">
              {subject}
              {filter ? '' : ':'}
            </span>{' '}
            {predicate}
          </>
        }
      >
        <ValuePicker
          label={subject}
          countedAs={props.countedAs}
          values={values}
          multiple={props.multiple}
          locale={locale}
          draft={draft}
          onDraft={setDraft}
          onDone={close}
        />
      </Layer>
      {filter && (
        <button
          type="button"
          className="chip-remove"
          aria-label={`Remove filter: ${words}`}
          onClick={() => onFilter(null)}
          onKeyDown={lift}
        >
          <IconX aria-hidden size={14} />
        </button>
      )}
    </span>
  );
}

function isSameFilter(next: Filter | null, now: Filter | undefined): boolean {
  if (next === null || now === undefined) return next === null && now === undefined;
  const [a, b] = [draftOf(next), draftOf(now)];
  return (
    a.excluded === b.excluded && a.chosen.length === b.chosen.length && a.chosen.every((one) => b.chosen.includes(one))
  );
}
