import type { StorageGroup, StorageInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { formatBytes, formatInstant, formatValue } from '../format/index.ts';
import { Figures } from '../layout/figures.tsx';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { formatPerMessage, journalSentences } from './storage-words.ts';
import './storage.css';

/** What lies on the disk: in all, for each message, by kind, by table; and what a person should do about it. */
export function StorageReport({ storage, workspace }: { storage: StorageInfo; workspace: WorkspaceInfo }) {
  const { locale, time_zone: timeZone } = workspace;
  const count = (value: number) => formatValue(value, { locale }, 'table');
  return (
    <>
      {storage.advice.length > 0 && (
        <ul className="storage-advice" aria-label="What to do">
          {storage.advice.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <Figures
        figures={[
          { label: 'On disk', value: formatBytes(storage.bytes, locale), note: 'everything together' },
          { label: 'Free', value: formatBytes(storage.free_bytes, locale), note: 'on the same disk' },
          {
            label: 'Facts and roll-ups',
            value: formatPerMessage(storage.facts_bytes_per_message, locale),
            note: 'for each message',
          },
          { label: 'Messages', value: formatValue(storage.messages, { locale, format: 'compact' }, 'card'), note: '' },
        ]}
      />
      <TableFrame labelledBy="storage">
        <PlainTable
          className="storage-table card-table"
          headings={[
            'What',
            { hidden: 'Bar', className: 'storage-bar-column' },
            { number: 'Size' },
            { number: 'For each message' },
            { number: 'Files' },
          ]}
        >
          {storage.groups.map((group) => (
            <GroupRow key={group.name} group={group} largest={storage.groups[0]?.bytes ?? 0} locale={locale} />
          ))}
        </PlainTable>
      </TableFrame>
      <p className="faint">
        {journalSentences(storage, locale).join(' ')} Measured {formatInstant(storage.measured_at, locale, timeZone)}.
      </p>
      {storage.tables.length > 0 && (
        <details className="panel fold">
          <summary>
            Tables <span className="faint">{count(storage.tables.length)}</span>
          </summary>
          <TableFrame label="Tables" className="fold-frame">
            <PlainTable headings={['Table', { number: 'Rows' }, { number: 'Size' }, { number: 'Parts' }]}>
              {storage.tables.map((table) => (
                <tr key={table.name}>
                  <th scope="row">
                    <code>{table.name}</code>
                  </th>
                  <td className="number">{count(table.rows)}</td>
                  <td className="number">{formatBytes(table.bytes, locale)}</td>
                  <td className="number">{count(table.parts)}</td>
                </tr>
              ))}
            </PlainTable>
          </TableFrame>
          <p className="faint">
            Rows that were replaced count until they are merged away; parts are pieces that are not merged into one yet.
          </p>
        </details>
      )}
    </>
  );
}

function GroupRow({ group, largest, locale }: { group: StorageGroup; largest: number; locale: string }) {
  return (
    <tr>
      <th scope="row">
        {group.label}
        <span className="cell-line faint">{group.detail}</span>
      </th>
      <td className="storage-bar-cell">
        <span className="share-bar" aria-hidden="true">
          <span style={{ width: `${largest === 0 ? 0 : (group.bytes / largest) * 100}%` }} />
        </span>
      </td>
      <td data-label="Size" className="number">
        {formatBytes(group.bytes, locale)}
      </td>
      <td data-label="For each message" className="number">
        {formatPerMessage(group.bytes_per_message, locale)}
      </td>
      <td data-label="Files" className="number">
        {formatValue(group.files, { locale }, 'table')}
      </td>
    </tr>
  );
}
