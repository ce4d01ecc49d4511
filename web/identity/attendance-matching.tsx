import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { WorkspaceInfo } from '../../src/contract/api.ts';
import type { AttendanceMatching } from '../../src/contract/identity.ts';
import { MATCH_KINDS } from '../../src/contract/words.ts';
import { formatInstant, formatValue } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { MATCH_WORDS } from './matching-words.ts';

interface AttendanceMatchingProps {
  attendance: AttendanceMatching;
  workspace: WorkspaceInfo;
  /** Stands under the numbers. */
  children: ReactNode;
}

const FIRST_SHOWN = 8;

const WAYS = [...MATCH_KINDS, 'unmatched', 'ambiguous'] as const;

/** How people in the room were found among those who registered, and who was not. */
export function AttendanceMatchingReport({ attendance, workspace, children }: AttendanceMatchingProps) {
  const [all, setAll] = useState(false);
  const { joined, by, examples } = attendance;
  const { locale, time_zone: timeZone } = workspace;
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const share = (value: number) => formatValue(value / joined, { format: '0.0%', locale }, 'table');
  if (joined === 0)
    return (
      <>
        <p className="panel">Nobody has joined a webinar yet.</p>
        {children}
      </>
    );
  const shown = all ? examples : examples.slice(0, FIRST_SHOWN);
  const found = joined - by.unmatched - by.ambiguous;
  return (
    <>
      <p className="faint">
        {count(found)} of {count(joined)} who joined a webinar ({share(found)}) were found among its registrations. The
        others count as walk-ins.
      </p>
      <div className="two-columns">
        <div>
          <TableFrame label="How joins found their registrations">
            <PlainTable headings={['How', { number: 'Joined' }, { number: 'Share' }]}>
              {WAYS.map((way) => (
                <tr
                  key={way}
                  className={by[way] > 0 && (way === 'unmatched' || way === 'ambiguous') ? 'walk-in' : undefined}
                >
                  <th scope="row">{MATCH_WORDS[way]}</th>
                  <td className="number">{count(by[way])}</td>
                  <td className="number">{share(by[way])}</td>
                </tr>
              ))}
            </PlainTable>
          </TableFrame>
          {children}
        </div>
        <section aria-labelledby="walk-ins">
          <h3 id="walk-ins">Walk-ins</h3>
          {examples.length === 0 ? (
            <p className="panel">Everyone who joined was found.</p>
          ) : (
            <ul className="panel plain-list walk-ins">
              {shown.map(({ person, webinar, title, reason, joined_at }) => (
                <li key={`${webinar} ${person} ${joined_at}`}>
                  <code>{person}</code>
                  <span>
                    <Link to="/webinars/$id" params={{ id: webinar }}>
                      {title || webinar}
                    </Link>
                    <span className="faint cell-line">
                      {formatInstant(joined_at, locale, timeZone)}, {MATCH_WORDS[reason].toLowerCase()}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )}
          {examples.length > shown.length && (
            <button type="button" className="button-text" onClick={() => setAll(true)}>
              Show {examples.length - shown.length} more
            </button>
          )}
          <p className="faint">Examples, masked, the newest first.</p>
        </section>
      </div>
    </>
  );
}
