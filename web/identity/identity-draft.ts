import type { IdentityRules } from '../../src/contract/identity.ts';
import { MATCH_KINDS, type MatchKind } from '../../src/contract/words.ts';

/** The rules of identity while somebody changes them. Pure. */
export interface IdentityDraft {
  /** All kinds in their order; those that are not used stay where they are. */
  kinds: readonly { kind: MatchKind; used: boolean }[];
  ignoresPlusTags: boolean;
  ignoresDots: boolean;
  /** As typed, one per line. */
  emails: string;
  domains: string;
}

export function draftIdentity({ match, email, exclude }: IdentityRules): IdentityDraft {
  const rest = MATCH_KINDS.filter((kind) => !match.includes(kind));
  return {
    kinds: [...match.map((kind) => ({ kind, used: true })), ...rest.map((kind) => ({ kind, used: false }))],
    ignoresPlusTags: email.plus_tags === 'ignore',
    ignoresDots: email.dots === 'ignore',
    emails: exclude.emails.join('\n'),
    domains: exclude.domains.join('\n'),
  };
}

export function finishIdentity(draft: IdentityDraft): IdentityRules {
  return {
    version: 1,
    match: draft.kinds.filter(({ used }) => used).map(({ kind }) => kind),
    email: {
      plus_tags: draft.ignoresPlusTags ? 'ignore' : 'keep',
      dots: draft.ignoresDots ? 'ignore' : 'keep',
    },
    exclude: { emails: splitLines(draft.emails), domains: splitLines(draft.domains) },
  };
}

export function moveKind(draft: IdentityDraft, kind: MatchKind, by: -1 | 1): IdentityDraft {
  const from = draft.kinds.findIndex((one) => one.kind === kind);
  const moved = draft.kinds[from];
  if (moved === undefined || draft.kinds[from + by] === undefined) return draft;
  return { ...draft, kinds: draft.kinds.toSpliced(from, 1).toSpliced(from + by, 0, moved) };
}

export function switchKind(draft: IdentityDraft, kind: MatchKind, used: boolean): IdentityDraft {
  return { ...draft, kinds: draft.kinds.map((one) => (one.kind === kind ? { kind, used } : one)) };
}

const splitLines = (text: string): string[] =>
  text
    .split(/[\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
