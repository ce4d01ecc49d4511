import type { SourceCondition, Touch } from '../../src/contract/source-groups.ts';
import type { SourceField } from '../../src/contract/words.ts';
import type { Comparison } from './rule-draft.ts';

/** Rules and ways of coming in words. Pure. */

export const FIELD_WORDS: Record<SourceField, string> = {
  source: 'Source',
  medium: 'Medium',
  campaign: 'Campaign',
  content: 'Content',
  term: 'Term',
  referrer: 'Referring site',
};

export const COMPARISON_WORDS: Record<Comparison, string> = {
  is: 'is',
  in: 'is one of',
  in_list: 'is on the list',
  contains: 'contains',
  starts: 'starts with',
  ends: 'ends with',
  matches: 'matches the expression',
  empty: 'is not known',
  known: 'is known',
};

const MOST_VALUES = 6;

/** In parts, so that the values can stand out: `Source is one of`, `email` and `e-mail`, and how many more there are. */
export function conditionWords(condition: SourceCondition): { says: string; values: string[]; more: number } {
  const field = FIELD_WORDS[condition.field];
  if (condition.empty !== undefined)
    return { says: `${field} ${COMPARISON_WORDS[condition.empty ? 'empty' : 'known']}`, values: [], more: 0 };
  if (condition.in !== undefined) {
    const values = condition.in.slice(0, MOST_VALUES);
    return { says: `${field} ${COMPARISON_WORDS.in}`, values, more: condition.in.length - values.length };
  }
  const how = (['is', 'in_list', 'contains', 'starts', 'ends', 'matches'] as const).find(
    (key) => condition[key] !== undefined,
  );
  if (how === undefined) return { says: field, values: [], more: 0 };
  return { says: `${field} ${COMPARISON_WORDS[how]}`, values: [condition[how] ?? ''], more: 0 };
}

/** `google / cpc, campaign spring`: what is known of how somebody came. */
export function touchWords(touch: Touch): string {
  const { source, medium, campaign, content, term, referrer } = touch;
  const path =
    source === undefined && medium === undefined ? [] : [`${source ?? '(no source)'} / ${medium ?? '(no medium)'}`];
  const rest = [
    ['campaign', campaign],
    ['content', content],
    ['term', term],
    ['referred by', referrer],
  ].flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${value}`]));
  const words = [...path, ...rest].join(', ');
  return words === '' ? 'nothing known' : words;
}
