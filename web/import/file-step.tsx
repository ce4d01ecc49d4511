import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import type { FileFormat } from '../../src/contract/mapping.ts';
import { formatRows } from '../format/index.ts';
import { announce } from '../layout/messages.tsx';
import { DECIMALS, DELIMITERS, ENCODINGS, QUOTES } from './file-words.ts';
import { setValueFormat } from './mapping-edits.ts';
import { PreviewTable } from './preview-table.tsx';
import type { StepProps } from './step-props.ts';

/** Step 1: how the bytes are read, each guess to be changed, and the first rows under it. */
export function FileStep({ info, mapping, workspace, change, act }: StepProps) {
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const { format } = info;

  const choose = async (patch: FileFormat, dropped: (keyof FileFormat)[] = []) => {
    const next: FileFormat = { ...format, ...patch };
    for (const key of dropped) delete next[key];
    setWorking(true);
    setError(null);
    try {
      const read = await act({ action: 'format', format: next });
      announce(read.error ?? `Read again: ${read.columns.length} columns.`);
    } catch (problem) {
      setError(problem instanceof Error ? problem : new Error(String(problem)));
    } finally {
      setWorking(false);
    }
  };

  if (info.columns.length === 0) return <Unreadable info={info} />;
  const text = format.kind !== 'xlsx';
  return (
    <>
      <fieldset className="import-chips" disabled={working} aria-label="How the file is read">
        {text && (
          <>
            <ChoiceChip
              label="Separator"
              choices={DELIMITERS}
              value={format.delimiter ?? ','}
              onChoose={(delimiter) => void choose({ delimiter }, ['header_row'])}
            />
            <ChoiceChip
              label="Encoding"
              choices={ENCODINGS}
              value={format.encoding ?? 'utf-8'}
              onChoose={(encoding) => void choose({ encoding }, ['delimiter', 'header_row'])}
            />
            <ChoiceChip
              label="Quotes"
              choices={QUOTES}
              value={format.quote ?? '"'}
              onChoose={(quote) => void choose({ quote })}
            />
          </>
        )}
        {info.sheets.length > 1 && (
          <ChoiceChip
            label="Sheet"
            choices={info.sheets.map((sheet) => [sheet.name, sheetWords(sheet, workspace.locale)])}
            value={format.sheet ?? ''}
            onChoose={(sheet) => void choose({ sheet }, ['header_row', 'section'])}
          />
        )}
        {info.sections.length > 0 && (
          <ChoiceChip
            label="Section"
            choices={info.sections.map((section) => [section, section])}
            value={format.section ?? ''}
            onChoose={(section) => void choose({ section }, ['header_row'])}
          />
        )}
        <HeaderRowChip
          key={format.header_row}
          row={format.header_row ?? info.skipped_rows + 1}
          onRow={(row) => void choose({ header_row: row })}
        />
        <ChoiceChip
          label="Decimals"
          choices={DECIMALS}
          value={mapping.decimal ?? '.'}
          onChoose={(decimal) => change(setValueFormat(mapping, 'decimal', decimal))}
        />
      </fieldset>
      {error && (
        <p className="import-problem" role="alert">
          {error.message}
        </p>
      )}
      {info.guesses.length > 0 && (
        <details className="import-why">
          <summary>Why it is read so</summary>
          <ul>
            {info.guesses.map((guess) => (
              <li key={guess}>{guess}</li>
            ))}
          </ul>
        </details>
      )}
      <Warnings info={info} />
      <div data-dimmed={working || undefined} className="import-dimmable">
        <PreviewTable info={info} />
      </div>
    </>
  );
}

function Unreadable({ info }: Pick<StepProps, 'info'>) {
  return (
    <>
      <div className="import-problem" role="alert">
        <p>{info.error ?? 'There is no column in this file.'}</p>
      </div>
      <p>Nothing of it was counted.</p>
      <p>
        <Link to="/import" className="button-main">
          Choose another file
        </Link>
      </p>
    </>
  );
}

function Warnings({ info }: Pick<StepProps, 'info'>) {
  const damaged = info.columns.filter((column) => column.warning !== undefined);
  if (damaged.length === 0) return null;
  return (
    <ul className="import-warnings" aria-label="Things to look at">
      {damaged.map((column) => (
        <li key={column.name}>
          <span className="dot" data-tone="warn" aria-hidden="true" /> <strong>{column.name}</strong>: {column.warning}
        </li>
      ))}
    </ul>
  );
}

/** "Calls (1,204 rows), hidden". */
function sheetWords({ name, rows, hidden }: ImportInfo['sheets'][number], locale: string): string {
  return `${name}${rows === null ? '' : ` (${formatRows(rows, locale)})`}${hidden ? ', hidden' : ''}`;
}

function Chip({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="import-chip">
      <span className="faint">{label}</span>
      {children}
    </label>
  );
}

interface ChoiceChipProps<T extends string> {
  label: string;
  /** Values with their words. */
  choices: readonly (readonly [T, string])[];
  value: T;
  onChoose(value: T): void;
}

function ChoiceChip<T extends string>({ label, choices, value, onChoose }: ChoiceChipProps<T>) {
  return (
    <Chip label={label}>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = choices.find(([one]) => one === currentTarget.value);
          if (chosen) onChoose(chosen[0]);
        }}
      >
        {choices.map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
    </Chip>
  );
}

/** Takes effect on Enter or when the field is left: every keystroke would read the file again. */
function HeaderRowChip({ row, onRow }: { row: number; onRow(row: number): void }) {
  const [text, setText] = useState(String(row));
  const apply = () => {
    const next = Number(text);
    if (Number.isInteger(next) && next >= 1 && next <= 1000) {
      if (next !== row) onRow(next);
    } else setText(String(row));
  };
  return (
    <Chip label="Header in row">
      <input
        type="number"
        min={1}
        max={1000}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onBlur={apply}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || Number(text) === row) return;
          event.preventDefault();
          apply();
        }}
      />
    </Chip>
  );
}
