import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState } from 'react';
import type { ConnectorInfo } from '../../src/contract/api.ts';
import type { StreamReport } from '../../src/contract/pull.ts';
import { postJson, RequestError } from '../api/client.ts';
import { useWorkspace } from '../api/queries.ts';
import { failureWords } from '../api/use-ask.ts';
import { showToast } from '../layout/messages.tsx';
import { guideOf } from '../sources/connector-guide.ts';
import { declarationText, readDeclaration } from '../sources/declaration-text.ts';
import { type PlacedProblem, ProblemList } from '../sources/problem-list.tsx';
import { sourcePath } from '../sources/source-path.ts';
import { useConnectors, useSource } from '../sources/source-queries.ts';
import { StreamReports } from '../sources/stream-reports.tsx';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';
import '../sources/source-editor.css';

/** Choose a connector, write its settings, test, save. */
export function NewSourcePage() {
  const connectors = useConnectors();
  const [chosen, setChosen] = useState<ConnectorInfo | null>(null);
  useEffect(() => {
    document.title = 'Connect a source – Turnout';
  }, []);
  if (connectors.error && !connectors.data)
    return <PageError error={connectors.error} onRetry={() => void connectors.refetch()} />;
  if (!connectors.data) return <PageSkeleton />;
  return (
    <>
      <div className="page-head">
        <h1>Connect a source</h1>
        <p className="faint">
          A file that you have at hand is quicker: <Link to="/import">Import a file</Link>.
        </p>
      </div>
      <ConnectorChoice connectors={connectors.data} chosen={chosen?.name ?? null} onChoose={setChosen} />
      {chosen && <Editor key={chosen.name} connector={chosen} name={null} initial={null} />}
    </>
  );
}

/** The same text, as it is declared now. */
export function EditSourcePage() {
  const { name } = useParams({ from: '/sources/$name/edit' });
  const source = useSource(name);
  const connectors = useConnectors();
  // The text is taken once: what comes later would overwrite what is being written.
  const [initial, setInitial] = useState<string | null>(null);
  useEffect(() => {
    document.title = `Settings of ${name} – Turnout`;
  }, [name]);
  useEffect(() => {
    if (source.data && initial === null) setInitial(declarationText(source.data.declaration));
  }, [source.data, initial]);
  const failed = [source, connectors].find((query) => query.error && !query.data);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  const connector = connectors.data?.find((one) => one.name === source.data?.connector);
  if (!source.data || !connectors.data || initial === null) return <PageSkeleton />;
  return (
    <>
      <div className="page-head">
        <h1>Settings of {source.data.label}</h1>
        <p className="faint">
          <code>{source.data.file}</code>. Secrets that you leave masked stay as they are.
        </p>
      </div>
      {connector ? (
        <Editor connector={connector} name={name} initial={initial} />
      ) : (
        <p className="panel">
          The connector <code>{source.data.connector}</code> is not part of this Turnout.
        </p>
      )}
    </>
  );
}

const MODES = [
  { mode: 'pull', label: 'Turnout reads it' },
  { mode: 'file', label: 'A folder that Turnout watches' },
  { mode: 'push', label: 'It sends to Turnout' },
] as const;

interface ChoiceProps {
  connectors: readonly ConnectorInfo[];
  chosen: string | null;
  onChoose(connector: ConnectorInfo): void;
}

function ConnectorChoice({ connectors, chosen, onChoose }: ChoiceProps) {
  return (
    <div className="connector-choice">
      {MODES.map(({ mode, label }) => (
        <fieldset key={mode}>
          <legend>{label}</legend>
          <div className="connector-cards">
            {connectors
              .filter((connector) => connector.mode === mode)
              .map((connector) => (
                <label key={connector.name} className="connector-card">
                  <input
                    type="radio"
                    name="connector"
                    checked={chosen === connector.name}
                    onChange={() => onChoose(connector)}
                  />
                  {connector.title}
                </label>
              ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

interface EditorProps {
  connector: ConnectorInfo;
  /** Null for a new source. */
  name: string | null;
  initial: string | null;
}

type Outcome =
  | { kind: 'testing' | 'saving' }
  | { kind: 'reports'; reports: StreamReport[] }
  | { kind: 'problems'; message: string; problems: PlacedProblem[] };

function Editor({ connector, name, initial }: EditorProps) {
  const guide = guideOf(connector);
  const locale = useWorkspace().data?.locale ?? 'en';
  const navigate = useNavigate();
  const client = useQueryClient();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(initial ?? guide.template);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const busy = outcome?.kind === 'testing' || outcome?.kind === 'saving';
  const canTest = connector.mode !== 'push';

  const send = async (what: 'testing' | 'saving') => {
    const read = readDeclaration(text);
    if (!read.ok) {
      const place = { code: 'yaml', path: '', message: read.message, line: read.line };
      setOutcome({ kind: 'problems', message: 'The text cannot be read yet.', problems: [place] });
      return;
    }
    setOutcome({ kind: what });
    const body = { declaration: read.declaration };
    try {
      if (what === 'testing') {
        const { streams } = await postJson<{ streams: StreamReport[] }>('/api/v1/sources/test', body);
        setOutcome({ kind: 'reports', reports: streams });
        return;
      }
      const path = name === null ? '/api/v1/sources' : sourcePath(name);
      const saved = await postJson<{ name: string; file: string }>(path, body);
      await client.invalidateQueries({ queryKey: ['sources'] });
      showToast(`Saved in ${saved.file}.`);
      void navigate({ to: '/sources/$name', params: { name: saved.name } });
    } catch (error) {
      setOutcome({
        kind: 'problems',
        message: error instanceof RequestError ? error.message : failureWords(error),
        problems:
          error instanceof RequestError
            ? error.problems.map((problem) => ({ ...problem, line: read.lineOf(problem.path) }))
            : [],
      });
    }
  };

  const goTo = (line: number) => {
    const element = area.current;
    if (!element) return;
    const start = text.split('\n', line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const end = text.indexOf('\n', start);
    element.focus();
    element.setSelectionRange(start, end === -1 ? text.length : end);
    const lineHeight = Number.parseFloat(getComputedStyle(element).lineHeight);
    element.scrollTop = Math.max(0, (line - 4) * lineHeight);
  };

  return (
    <div className="source-editor">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void send('saving');
        }}
      >
        <label htmlFor={id} className="editor-label">
          Settings of {connector.title}
        </label>
        <textarea
          ref={area}
          id={id}
          className="field code-field"
          rows={Math.min(32, Math.max(14, text.split('\n').length + 1))}
          spellCheck={false}
          autoCapitalize="off"
          value={text}
          aria-describedby={`${id}help`}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !busy) {
              event.preventDefault();
              void send(canTest ? 'testing' : 'saving');
            }
          }}
        />
        <p id={`${id}help`} className="faint">
          YAML or JSON. {canTest && 'Ctrl Enter tests. '}
          <code>{'${NAME}'}</code> is read from the server’s environment.
        </p>
        <div className="editor-actions">
          {canTest && (
            <button type="button" className="button" disabled={busy} onClick={() => void send('testing')}>
              {outcome?.kind === 'testing' ? 'Testing' : 'Test'}
            </button>
          )}
          <button type="submit" className="button-main" disabled={busy}>
            {outcome?.kind === 'saving' ? 'Saving' : 'Save'}
          </button>
          <Link
            to={name === null ? '/sources' : '/sources/$name'}
            params={{ name: name ?? '' }}
            className="button-quiet"
          >
            Cancel
          </Link>
        </div>
        <div aria-live="polite">
          {outcome?.kind === 'testing' && <p>Connecting and looking at every stream. Nothing is kept.</p>}
          {outcome?.kind === 'problems' && (
            <ProblemList message={outcome.message} problems={outcome.problems} onGo={goTo} />
          )}
          {outcome?.kind === 'reports' && (
            <>
              <h2>What the test found</h2>
              <StreamReports reports={outcome.reports} locale={locale} />
            </>
          )}
        </div>
      </form>
      <aside className="panel editor-guide" aria-label="What is read and why">
        <h2>What Turnout reads</h2>
        <p>{guide.reads}</p>
        <h2>Why it asks</h2>
        <p>{guide.why}</p>
        <h2>What happens next</h2>
        <p>
          {canTest
            ? 'Test connects and shows the first rows with people masked; nothing is kept. After Save the source is read on its schedule, or at once by “Sync now”.'
            : 'After Save the source has an address to paste into the service. The first thing it sends turns the source to ok.'}
        </p>
      </aside>
    </div>
  );
}
