import type { Problem } from '../../src/contract/errors.ts';

export interface PlacedProblem extends Problem {
  /** 1-based line of the text; null where it belongs to none. */
  line: number | null;
}

/** Mistakes of a declaration; each leads to its line. */
export function ProblemList({
  message,
  problems,
  onGo,
}: {
  message: string;
  problems: readonly PlacedProblem[];
  onGo(line: number): void;
}) {
  const refused = [message, ...problems.map((problem) => `${problem.message} ${problem.hint ?? ''}`)].some((text) =>
    text.includes('egress.allow'),
  );
  // A single mistake is often the whole message already.
  const listed = problems.map((problem) => (problem.message === message ? { ...problem, message: '' } : problem));
  return (
    <div className="panel problem-panel" role="alert">
      <p>
        <strong>{message}</strong>
      </p>
      {listed.length > 0 && (
        <ul className="plain-list">
          {listed.map((problem) => {
            const { line } = problem;
            return (
              <li key={`${problem.path} ${problem.message}`}>
                <span>
                  {line !== null && (
                    <button type="button" className="button-text" onClick={() => onGo(line)}>
                      Line {line}
                    </button>
                  )}{' '}
                  {problem.path !== '' && <code>{shortPath(problem.path)}</code>} {problem.message} {problem.hint}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {refused && (
        <p>
          Turnout does not call addresses of its own network unless the person who runs it allows them: add the host to{' '}
          <code>turnout.yaml</code> as <code>egress: &#123; allow: ["db.internal:5432"] &#125;</code> and start Turnout
          again.
        </p>
      )}
    </div>
  );
}

/** A path into the text on the page; the file that it will become is not there yet. */
function shortPath(path: string): string {
  return path.replace(/^.*\.ya?ml: /, '').replace(/^sources\.\d+\.?/, '');
}
