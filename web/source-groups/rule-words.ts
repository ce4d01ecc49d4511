import type { SourceCondition, SourceField, Touch } from '../../src/contract/source-groups.ts';
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

/** In parts, so that the values can stand out: `Source is one of`, `email, e-mail`. */
export function conditionWords(condition: SourceCondition): { says: string; value: string } {
  const field = FIELD_WORDS[condition.field];
  if (condition.empty !== undefined)
    return { says: `${field} ${COMPARISON_WORDS[condition.empty ? 'empty' : 'known']}`, value: '' };
  if (condition.in !== undefined) {
    const more = condition.in.length - MOST_VALUES;
    const values = condition.in.slice(0, MOST_VALUES).join(', ');
    return { says: `${field} ${COMPARISON_WORDS.in}`, value: more > 0 ? `${values} and ${more} more` : values };
  }
  const how = (['is', 'in_list', 'contains', 'starts', 'ends', 'matches'] as const).find(
    (key) => condition[key] !== undefined,
  );
  if (how === undefined) return { says: field, value: '' };
  return { says: `${field} ${COMPARISON_WORDS[how]}`, value: condition[how] ?? '' };
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
