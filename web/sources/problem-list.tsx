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
  return (
    <div className="panel problem-panel" role="alert">
      <p>
        <strong>{message}</strong>
      </p>
      {problems.length > 0 && (
        <ul className="plain-list">
          {problems.map((problem) => {
            const { line } = problem;
            return (
              <li key={`${problem.path} ${problem.message}`}>
                <span>
                  {line !== null && (
                    <button type="button" className="button-text" onClick={() => onGo(line)}>
                      Line {line}
                    </button>
                  )}{' '}
                  <code>{problem.path}</code> {problem.message} {problem.hint}
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
