import { useState } from 'react';
import type { SourceGroupsPreview } from '../../src/contract/source-groups.ts';
import { UNASSIGNED } from '../../src/contract/words.ts';

import { formatValue } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { touchWords } from './rule-words.ts';

interface PreviewPanelProps {
  preview: SourceGroupsPreview;
  /** The draft says something else than the rules in force. */
  changed: boolean;
  /** Older than the draft: the answer is on its way. */
  waiting: boolean;
  locale: string;
}

const FIRST_SHOWN = 20;

/** What the draft would do: each group before and after, and which registrations move from where to where. */
export function PreviewPanel({ preview, changed, waiting, locale }: PreviewPanelProps) {
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const { registrations, moved, groups } = preview;
  const shown = groups.filter(({ before, after }) => before > 0 || after > 0);
  return (
    <section className="panel preview-panel" aria-labelledby="preview-title" data-waiting={waiting || undefined}>
      <h2 id="preview-title">{changed ? 'What would change' : 'Registrations by group'}</h2>
      <p>{sentence(preview, changed, count)}</p>
      {!preview.whole && (
        <p className="faint">
          There are so many ways of coming that only the commonest {count(200_000)} were looked at.
        </p>
      )}
      {registrations > 0 && (
        <TableFrame label="Each group" className="preview-groups">
          <PlainTable
            headings={
              changed
                ? ['Group', { number: 'Before' }, { number: 'After' }, { number: 'Change' }]
                : ['Group', { number: 'Registrations' }, { number: 'Share' }]
            }
          >
            {shown.map(({ group, before, after }) => (
              <tr key={group} className={group === UNASSIGNED ? 'rule-unassigned' : undefined}>
                <th scope="row">{group}</th>
                <td className="number">{count(before)}</td>
                {changed ? (
                  <>
                    <td className="number">{count(after)}</td>
                    <td className="number">
                      {before === after ? <span className="faint">same</span> : difference(after - before, locale)}
                    </td>
                  </>
                ) : (
                  <td className="number">
                    {formatValue(before / registrations, { format: 'percent', locale }, 'table')}
                  </td>
                )}
              </tr>
            ))}
          </PlainTable>
        </TableFrame>
      )}
      {moved > 0 && <Moves preview={preview} count={count} />}
    </section>
  );
}

function sentence({ registrations, moved }: SourceGroupsPreview, changed: boolean, count: (value: number) => string) {
  if (registrations === 0) return 'Nobody has registered yet. The rules take effect with the first registration.';
  if (!changed) return `${count(registrations)} registrations of all time, sorted by the rules in force.`;
  if (moved === 0) return `Nothing moves: all ${count(registrations)} registrations stay in their groups.`;
  return `${count(moved)} of ${count(registrations)} registrations move to another group.`;
}

const difference = (value: number, locale: string): string =>
  `${value > 0 ? '+' : '−'}${formatValue(Math.abs(value), { locale }, 'table')}`;

function Moves({ preview, count }: { preview: SourceGroupsPreview; count(value: number): string }) {
  const [all, setAll] = useState(false);
  const shown = all ? preview.moves : preview.moves.slice(0, FIRST_SHOWN);
  const rest = preview.moves.length - shown.length;
  const told = preview.moves.reduce((sum, move) => sum + move.registrations, 0);
  return (
    <>
      <h3 id="moves">What moves</h3>
      <TableFrame labelledBy="moves" className="preview-moves">
        <PlainTable headings={['Came by', 'From', 'To', { number: 'Registrations' }]}>
          {shown.map(({ touch, from, to, registrations }) => (
            <tr key={JSON.stringify(touch)}>
              <td className="preview-touch">{touchWords(touch)}</td>
              <td className={from === UNASSIGNED ? 'unassigned-text' : undefined}>{from}</td>
              <td className={to === UNASSIGNED ? 'unassigned-text' : undefined}>{to}</td>
              <td className="number">{count(registrations)}</td>
            </tr>
          ))}
        </PlainTable>
      </TableFrame>
      {rest > 0 && (
        <button type="button" className="button-text" onClick={() => setAll(true)}>
          Show {rest} more
        </button>
      )}
      {told < preview.moved && (
        <p className="faint">And {count(preview.moved - told)} registrations that came in rarer ways.</p>
      )}
    </>
  );
}
