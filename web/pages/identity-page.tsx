import { useEffect } from 'react';
import type { IdentityReport, WorkspaceInfo } from '../../src/contract/api.ts';
import type { AttendanceMatching } from '../../src/contract/identity.ts';
import { useSources, useWorkspace } from '../api/queries.ts';
import { formatValue, NO_DATA } from '../format/index.ts';
import { AttendanceMatchingReport } from '../identity/attendance-matching.tsx';
import { IdentityRulesForm } from '../identity/identity-rules-form.tsx';
import { Figures } from '../layout/figures.tsx';
import { SectionNav } from '../sources/section-nav.tsx';
import { useIdentity } from '../sources/source-queries.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';
import './identity-page.css';
import '../identity/identity.css';

/** How well people of different sources are recognised as one. */
export function IdentityPage() {
  const workspace = useWorkspace();
  const identity = useIdentity();
  const sources = useSources().data ?? [];
  useEffect(() => {
    document.title = 'People matching – Turnout';
  }, []);
  const failed = [workspace, identity].find((query) => query.isError && !query.data);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !identity.data) return <PageSkeleton />;
  const { locale } = workspace.data;
  const labels = new Map(sources.map(({ name, label }) => [name, label]));
  return (
    <>
      <div className="page-head">
        <h1>People matching</h1>
        <p className="faint">Who is known to more than one source is counted once.</p>
      </div>
      <SectionNav />
      {identity.data.people === 0 ? (
        <p className="panel">Nobody is known yet. People appear here with the first record that names one.</p>
      ) : (
        <Report report={identity.data} labels={labels} locale={locale} />
      )}
      {identity.data.attendance && <Attendance attendance={identity.data.attendance} workspace={workspace.data} />}
    </>
  );
}

function Attendance({ attendance, workspace }: { attendance: AttendanceMatching; workspace: WorkspaceInfo }) {
  return (
    <>
      <h2 id="attendance">Attendance and registrations</h2>
      <AttendanceMatchingReport attendance={attendance} workspace={workspace}>
        <h3 id="matching-rules">Rules of matching</h3>
        <IdentityRulesForm rules={attendance.rules} own={attendance.own} sample={workspace.sample} />
      </AttendanceMatchingReport>
    </>
  );
}

interface ReportProps {
  report: IdentityReport;
  labels: ReadonlyMap<string, string>;
  locale: string;
}

function Report({ report, labels, locale }: ReportProps) {
  const count = (value: number) => formatValue(value, { locale }, 'table');
  // Masked people of one source look alike; each picture is shown once.
  const examples = [...new Map(report.unmatched.map((one) => [`${one.source} ${one.person}`, one])).values()];
  const share = (part: number, whole: number) =>
    whole === 0 ? NO_DATA : formatValue(part / whole, { format: '0.0%', locale }, 'table');
  const figures = [
    { label: 'People', value: count(report.people), note: 'across all sources' },
    {
      label: 'In more than one source',
      value: share(report.matched, report.people),
      note: `${count(report.matched)} people`,
    },
    {
      label: 'Known by e-mail',
      value: count(report.known_by.email),
      note: share(report.known_by.email, report.people),
    },
    { label: 'Known by phone', value: count(report.known_by.phone), note: share(report.known_by.phone, report.people) },
    {
      label: 'Known by an id',
      value: count(report.known_by.external_id),
      note: share(report.known_by.external_id, report.people),
    },
  ];
  return (
    <>
      <Figures figures={figures} />
      <h2 id="match-rates">Match rate by source</h2>
      <p className="faint">How many of a source’s people another source knows too.</p>
      <TableFrame labelledBy="match-rates">
        <PlainTable
          className="match-table"
          headings={[
            'Source',
            { hidden: 'Bar', className: 'match-bar-column' },
            { number: 'Match rate' },
            { number: 'Matched' },
            { number: 'People' },
          ]}
        >
          {report.sources.map((source) => (
            <tr key={source.source}>
              <th scope="row">{source.label}</th>
              <td>
                <span className="share-bar" aria-hidden="true">
                  <span style={{ width: `${source.people === 0 ? 0 : (source.matched / source.people) * 100}%` }} />
                </span>
              </td>
              <td className="number">{share(source.matched, source.people)}</td>
              <td className="number">{count(source.matched)}</td>
              <td className="number">{count(source.people)}</td>
            </tr>
          ))}
        </PlainTable>
      </TableFrame>
      <div className="two-columns">
        <section aria-labelledby="unmatched">
          <h2 id="unmatched">Known to one source only</h2>
          {examples.length === 0 ? (
            <p className="panel">Everyone is known to more than one source.</p>
          ) : (
            <ul className="panel plain-list">
              {examples.map((one) => (
                <li key={`${one.source} ${one.person}`}>
                  <code>{one.person}</code> <span className="faint">{labels.get(one.source) ?? one.source}</span>
                </li>
              ))}
            </ul>
          )}
          <p className="faint">Examples, masked. They show whether a format differs: a missing country code, a typo.</p>
        </section>
        <section aria-labelledby="rules">
          <h2 id="rules">Rules</h2>
          <ol className="panel plain-list rules">
            {report.rules.map((rule) => (
              <li key={rule}>{rule}</li>
            ))}
          </ol>
        </section>
      </div>
    </>
  );
}
