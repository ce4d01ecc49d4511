import { RESERVED_TABLE_COLUMNS } from './facts.ts';

/** Names for what people call in their own words and script: one rule for files, sheets and tables. */

const LONGEST = 63;

/** Words that would be read as something else: Turnout's own columns, and the filter language. */
const RESERVED: readonly string[] = [
  ...RESERVED_TABLE_COLUMNS,
  ...['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false'],
];

const CYRILLIC: Record<string, string> = Object.fromEntries(
  [
    'а a, б b, в v, г g, д d, е e, ё yo, ж zh, з z, и i, й y, к k, л l, м m, н n, о o, п p, р r, с s, т t, у u, ф f, х kh, ц ts',
    'ч ch, ш sh, щ shch, ъ, ы y, ь, э e, ю yu, я ya, і i, ї yi, є ye, ґ g, ў u, ә a, ғ g, қ q, ң n, ө o, ұ u, ү u, һ h',
  ]
    .flatMap((line) => line.split(', '))
    .map((pair): [string, string] => [pair.charAt(0), pair.slice(2)]),
);
const OTHER_LETTERS: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  å: 'a',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  '№': 'no',
  '%': ' percent ',
};

/**
 * `Сумма, руб.` → `summa_rub`, `CreatedAt` → `created_at`, `Überfällig` → `ueberfaellig`. Empty where nothing of the text can be
 * written in Latin letters.
 */
export function snakeCase(text: string): string {
  const parted = text
    .normalize('NFC')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase();
  const latin = Array.from(parted, (letter) => CYRILLIC[letter] ?? OTHER_LETTERS[letter] ?? letter).join('');
  return latin
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

/** The name, cut to 63 characters, with `_2`, `_3` … behind it while it is taken. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `_${number}`;
    const name = `${wanted.slice(0, LONGEST - suffix.length).replace(/_+$/, '')}${suffix}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * A name for a column of a table, from what a file or sheet calls it: lower-case letters, digits and _, not among `taken` and not
 * reserved.
 * @param fallback where nothing of the label can be written, e.g. `column_3`
 */
export function columnName(label: string, taken: ReadonlySet<string>, fallback: string): string {
  const name = snakeCase(label);
  if (name === '') return freeName(fallback, taken);
  if (/^\d/.test(name)) return freeName(`column_${name}`, taken);
  return freeName(RESERVED.includes(name) ? `own_${name}` : name, taken);
}
