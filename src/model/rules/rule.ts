import type { Problem } from '../../contract/errors.ts';
import type { Draft } from '../draft.ts';

/** Finds every breach of one rule. A rule that needs a name which another rule reports as unknown says nothing about it. */
export type Rule = (draft: Draft) => Problem[];
