import { FACT_TABLES, RESERVED_TABLE_COLUMNS } from '../../contract/facts.ts';

/** Names for what people call in their own words and script. */

const LONGEST = 63;

/** Words that the model, the query grammar or the filter language reads as something else. */
const TAKEN_WORDS = [
  ...RESERVED_TABLE_COLUMNS,
  ...['time', 'weekday', 'hour_of_day', 'step', 'label'],
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

/** Adds `_2`, `_3` … until nobody has the name; long names are cut. The name is added to those that are taken. */
export function claimName(wanted: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `_${number}`;
    const name = `${wanted.slice(0, LONGEST - suffix.length).replace(/_+$/, '')}${suffix}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/**
 * Names for the columns of a file, in its order: lower-case letters, digits and _, none twice and none that is reserved.
 * A column whose name gives nothing is called after its place: `column_3`.
 */
export function columnNames(headers: readonly string[]): string[] {
  const taken = new Set<string>();
  return headers.map((header, index) => {
    const name = snakeCase(header);
    if (name === '') return claimName(`column_${index + 1}`, taken);
    if (/^\d/.test(name)) return claimName(`column_${name}`, taken);
    return claimName(TAKEN_WORDS.includes(name) ? `own_${name}` : name, taken);
  });
}

/**
 * A free name for a table: `Operator calls.csv` → `operator_calls`. `taken` are the names of other tables, datasets, dashboards
 * and metrics (`takenTableNames`); names of fact tables are never given.
 */
export function uniqueTableName(wanted: string, taken: Iterable<string>): string {
  const name = snakeCase(wanted.replace(/\.(csv|tsv|txt|xls[xm]?|zip|gz)$/i, '')).slice(0, 40);
  const fitting = name === '' ? 'table' : /^\d/.test(name) ? `table_${name}` : name;
  return claimName(fitting, new Set([...taken, ...Object.keys(FACT_TABLES), ...TAKEN_WORDS]));
}
