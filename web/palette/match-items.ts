/** Search over short lists. Pure. */

/** What of an item is searched: its name, other names of the same weight, and words that only help to find it. */
export interface Searchable {
  id: string;
  label: string;
  aliases?: readonly string[];
  keywords?: string;
}

const RECENT_BONUS = 5;

/**
 * The items that hold every word of the query, best first: whole names before beginnings of names before words before parts of
 * words, keywords last; what was used lately before its equals. Case and accents do not matter.
 */
export function matchItems<T extends Searchable>(items: readonly T[], query: string, recent: readonly string[]): T[] {
  const wanted = fold(query);
  if (wanted === '') return [...items];
  return items
    .map((item) => ({ item, score: scoreOf(item, wanted) }))
    .filter(({ score }) => score > 0)
    .map(({ item, score }) => ({ item, score: score + (recent.includes(item.id) ? RECENT_BONUS : 0) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

/** 0 = not found. */
function scoreOf({ label, aliases = [], keywords = '' }: Searchable, wanted: string): number {
  const names = [label, ...aliases].map(fold);
  const best = Math.max(...names.map((name) => scoreOfName(name, wanted)));
  if (best > 0) return best;
  const everything = [...names, fold(keywords)].join(' ');
  return wanted.split(' ').every((word) => hasWord(everything, word)) ? 20 : 0;
}

function scoreOfName(name: string, wanted: string): number {
  if (name === wanted) return 100;
  if (name.startsWith(wanted)) return 80;
  const words = wanted.split(' ');
  if (words.every((word) => hasWord(name, word))) return 60;
  return words.every((word) => name.includes(word)) ? 40 : 0;
}

/** A word of the text begins so. */
function hasWord(text: string, beginning: string): boolean {
  return text.startsWith(beginning) || text.includes(` ${beginning}`);
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s\-–/:,()]+/g, ' ')
    .trim();
}
