import { useEffect, useState } from 'react';
import type { SourceInfo } from '../../src/contract/api.ts';
import type { StreamReport } from '../../src/contract/pull.ts';
import { postJson } from '../api/client.ts';
import { failureWords } from '../api/use-ask.ts';
import { Dialog } from '../layout/dialog.tsx';
import { MakeTable } from './make-table.tsx';
import { sourcePath } from './source-path.ts';
import { StreamReports } from './stream-reports.tsx';

/** Connects to a source and shows what it answers; nothing is kept. */
export function TestDialog({ source, locale, onClose }: { source: SourceInfo; locale: string; onClose(): void }) {
  const [outcome, setOutcome] = useState<{ reports: StreamReport[] } | { failure: string } | null>(null);
  /** Stream → table, as it was when the dialog was opened: what was just declared is still told of. */
  const [undeclared] = useState(
    () =>
      new Map(
        (source.streams ?? []).flatMap(({ name, table, declared }) =>
          declared === false && table !== undefined ? [[name, table] as const] : [],
        ),
      ),
  );
  useEffect(() => {
    const stop = new AbortController();
    postJson<{ streams: StreamReport[] }>(`${sourcePath(source.name)}/test`, {}, stop.signal).then(
      ({ streams }) => setOutcome({ reports: streams }),
      (error) => !stop.signal.aborted && setOutcome({ failure: failureWords(error) }),
    );
    return () => stop.abort();
  }, [source.name]);
  return (
    <Dialog title={`Test of ${source.label}`} place="wide" onClose={onClose}>
      {outcome === null ? (
        <p role="status">Connecting and looking at every stream. Nothing is kept.</p>
      ) : 'failure' in outcome ? (
        <p role="alert" className="run-error">
          {outcome.failure}
        </p>
      ) : (
        <>
          <StreamReports reports={outcome.reports} locale={locale} />
          {outcome.reports.map((report) => {
            const table = undeclared.get(report.stream);
            if (!report.ok || report.columns.length === 0 || table === undefined) return null;
            return <MakeTable key={report.stream} source={source.name} table={table} report={report} />;
          })}
        </>
      )}
    </Dialog>
  );
}
