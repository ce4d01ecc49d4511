import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { FileFormat } from '../../src/contract/mapping.ts';
import { formatRows } from '../format/index.ts';
import { announce } from '../layout/messages.tsx';
import { DELIMITERS, ENCODINGS, QUOTES } from './file-words.ts';
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
  const sheets = info.sheets.length > 1;
  const text = format.kind !== 'xlsx';
  return (
    <>
      <fieldset className="import-chips" disabled={working} aria-label="How the file is read">
        {text && (
          <Chip label="Separator">
            <select
              value={format.delimiter ?? ','}
              onChange={({ currentTarget }) => void choose({ delimiter: currentTarget.value as ',' }, ['header_row'])}
            >
              {DELIMITERS.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </Chip>
        )}
        {text && (
          <Chip label="Encoding">
            <select
              value={format.encoding ?? 'utf-8'}
              onChange={({ currentTarget }) =>
                void choose({ encoding: currentTarget.value as 'utf-8' }, ['delimiter', 'header_row'])
              }
            >
              {ENCODINGS.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </Chip>
        )}
        {text && (
          <Chip label="Quotes">
            <select
              value={format.quote ?? '"'}
              onChange={({ currentTarget }) => void choose({ quote: currentTarget.value as '"' })}
            >
              {QUOTES.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </Chip>
        )}
        {sheets && (
          <Chip label="Sheet">
            <select
              value={format.sheet ?? ''}
              onChange={({ currentTarget }) => void choose({ sheet: currentTarget.value }, ['header_row', 'section'])}
            >
              {info.sheets.map((sheet) => (
                <option key={sheet.name} value={sheet.name}>
                  {sheet.name}
                  {sheet.rows === null ? '' : ` (${formatRows(sheet.rows, workspace.locale)})`}
                  {sheet.hidden ? ', hidden' : ''}
                </option>
              ))}
            </select>
          </Chip>
        )}
        {info.sections.length > 0 && (
          <Chip label="Section">
            <select
              value={format.section ?? ''}
              onChange={({ currentTarget }) => void choose({ section: currentTarget.value }, ['header_row'])}
            >
              {info.sections.map((section) => (
                <option key={section} value={section}>
                  {section}
                </option>
              ))}
            </select>
          </Chip>
        )}
        <HeaderRowChip
          key={format.header_row}
          row={format.header_row ?? info.skipped_rows + 1}
          onRow={(row) => void choose({ header_row: row })}
        />
        <Chip label="Decimals">
          <select
            value={mapping.decimal ?? '.'}
            onChange={({ currentTarget }) =>
              change(setValueFormat(mapping, 'decimal', currentTarget.value === ',' ? ',' : '.'))
            }
          >
            <option value=".">point 1.5</option>
            <option value=",">comma 1,5</option>
          </select>
        </Chip>
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

export function Chip({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="import-chip">
      <span className="faint">{label}</span>
      {children}
    </label>
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
