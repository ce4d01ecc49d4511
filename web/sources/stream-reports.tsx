import type { StreamReport } from '../../src/contract/pull.ts';
import { formatRows } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { durationWords } from './run-words.ts';
import './stream-reports.css';

/** What a test found, stream by stream: works or what to mend, columns, first rows with people masked. */
export function StreamReports({ reports, locale }: { reports: readonly StreamReport[]; locale: string }) {
  if (reports.length === 0) return <p>There is nothing to read: the source declares no stream.</p>;
  const failed = reports.filter((report) => !report.ok).length;
  return (
    <div className="stream-reports">
      <p role="status">
        <span className="dot" data-tone={failed === 0 ? 'good' : 'bad'} aria-hidden="true" />{' '}
        {failed === 0
          ? reports.length === 1
            ? 'The stream can be read.'
            : `All ${reports.length} streams can be read.`
          : `${failed} of ${reports.length} ${reports.length === 1 ? 'stream' : 'streams'} cannot be read yet.`}
      </p>
      {reports.map((report) => (
        <StreamResult key={report.stream} report={report} locale={locale} />
      ))}
    </div>
  );
}

function StreamResult({ report, locale }: { report: StreamReport; locale: string }) {
  const { columns, sample } = report;
  const fields = [...new Set(sample.flatMap((row) => Object.keys(row)))];
  const rows = report.rows === null ? null : formatRows(report.rows, locale);
  const figures = [rows, durationWords(report.elapsed_ms / 1000, locale)];
  return (
    <section className="stream-report" data-ok={report.ok} aria-label={report.stream}>
      <h3>
        <span className="dot" data-tone={report.ok ? 'good' : 'bad'} aria-hidden="true" /> {report.stream}
        <span className="faint"> {figures.filter(Boolean).join(', ')}</span>
      </h3>
      <p>
        <span className="visually-hidden">{report.ok ? 'Works: ' : 'Does not work: '}</span>
        {report.detail}
      </p>
      {columns.length > 0 && (
        <details>
          <summary>{columns.length === 1 ? '1 column' : `${columns.length} columns`}</summary>
          <ul className="column-list">
            {columns.map((column) => (
              <li key={column.name}>
                <code>{column.name}</code> <span className="faint">{column.type}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {sample.length > 0 && (
        <TableFrame label={`First rows of ${report.stream}`} className="sample">
          <PlainTable caption={`First rows of ${report.stream} as they would be counted`} headings={fields}>
            {sample.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: sample rows have no key and never move
              <tr key={index}>
                {fields.map((field) => (
                  <td key={field}>{cellText(row[field])}</td>
                ))}
              </tr>
            ))}
          </PlainTable>
        </TableFrame>
      )}
    </section>
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
