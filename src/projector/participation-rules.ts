import { hash } from 'node:crypto';
import { DEFAULT_IDENTITY, type IdentityRules } from '../contract/identity.ts';
import type { SourceGroups, Touch } from '../contract/source-groups.ts';
import type { MatchKind } from '../contract/words.ts';
import { compileSourceGroups, normaliseTouch } from '../model/source-groups.ts';
import { Lru } from './lru.ts';

/** What participations are made with besides the records. */
export interface WebinarRules {
  identity: IdentityRules;
  sourceGroups: SourceGroups;
  /** Joins of a person that lie at most this far apart are one stay. */
  gapSeconds: number;
}

export const DEFAULT_WEBINAR_RULES: WebinarRules = {
  identity: DEFAULT_IDENTITY,
  sourceGroups: { lists: {}, rules: [] },
  gapSeconds: 60,
};

export interface ParticipationRules {
  match: readonly MatchKind[];
  gapMs: number;
  /** The group of a registration's source. */
  classify(touch: Touch): string;
}

export function compileParticipationRules({ identity, sourceGroups, gapSeconds }: WebinarRules): ParticipationRules {
  const { classify } = compileSourceGroups(sourceGroups);
  const known = new Lru<string, string>(50_000);
  return {
    match: identity.match,
    gapMs: gapSeconds * 1000,
    classify: (touch) => known.computed(JSON.stringify(normaliseTouch(touch)), () => classify(touch)),
  };
}

/** Hash of the rules: when it changes every participation is computed again, and nothing else. */
export function participationHash({ identity: { match, exclude }, sourceGroups, gapSeconds }: WebinarRules): string {
  const { lists, rules } = sourceGroups;
  const sorted = Object.entries(lists).sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([1, match, exclude, sorted, rules, gapSeconds])).slice(0, 16);
}
