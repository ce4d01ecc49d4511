import type { ResultMeta } from '../../src/contract/result.ts';
import { useDashboard } from './dashboard-context.ts';
import { planSentences, sourceWords } from './plan-words.ts';

/** Sources, as-of, what is late and the engine's sentences, folded so that nothing moves. "ignores Channel" stands in the subtitle already. */
export function TileFoot({ meta, late }: { meta: ResultMeta; late: readonly string[] }) {
  const { formats, workspace } = useDashboard();
  const own = meta.notes.filter((note) => !/ ignores? the filter on /.test(note));
  const notes = [...new Set([...late, ...own])];
  return (
    <footer className="tile-foot">
      <details>
        <summary title="How it was computed">{sourceWords(meta.plan)}</summary>
        {planSentences(meta, workspace.locale).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </details>
      <span>as of {formats.instant(meta.as_of)}</span>
      {notes.length > 0 && (
        <details>
          <summary>{notes.length === 1 ? '1 note' : `${notes.length} notes`}</summary>
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </details>
      )}
    </footer>
  );
}
