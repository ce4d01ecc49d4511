import type { SourceState } from '../../src/contract/api.ts';
import { SOURCE_STATES } from './source-state.ts';

/** A source's state: a mark whose shape differs as well as its colour, and its word. */
export function StateDot({ state }: { state: SourceState }) {
  const { tone, word } = SOURCE_STATES[state];
  return (
    <span className="state">
      <span className="dot" data-tone={tone} aria-hidden="true" /> {word}
    </span>
  );
}
