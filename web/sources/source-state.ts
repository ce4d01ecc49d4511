import type { SourceState } from '../../src/contract/api.ts';
import type { StateLook } from '../theme/state-look.ts';

/** How each state of a source looks: the tone of its dot and the word beside it. */
export const SOURCE_STATES: Record<SourceState, StateLook> = {
  ok: { tone: 'good', word: 'ok' },
  waiting: { tone: 'muted', word: 'waiting' },
  running: { tone: 'good', word: 'reading' },
  late: { tone: 'warn', word: 'late' },
  failed: { tone: 'bad', word: 'failed' },
  paused: { tone: 'muted', word: 'paused' },
};
