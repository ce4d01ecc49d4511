const CYRILLIC: ReadonlyMap<string, string> = new Map(
  'а a,б b,в v,г g,д d,е e,ё e,ж zh,з z,и i,й i,к k,л l,м m,н n,о o,п p,р r,с s,т t,у u,ф f,х kh,ц ts,ч ch,ш sh,щ shch,ъ ,ы y,ь ,э e,ю yu,я ya,і i,ї i,є e,ґ g'
    .split(',')
    .map((pair): [string, string] => [pair.charAt(0), pair.slice(2)]),
);

/** A name for a column of a table, from what a file calls it: `Dauer (Min.)` → `dauer_min`. Unlike all in `taken`. */
export function columnSlug(label: string, taken: ReadonlySet<string>, fallback: string): string {
  const latin = [...label.replace(/([a-zа-я\d])([A-ZА-Я])/g, '$1 $2').toLowerCase()]
    .map((letter) => CYRILLIC.get(letter) ?? letter)
    .join('')
    .replaceAll('ß', 'ss')
    .replaceAll('%', ' percent ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
  const words = latin.replace(/[^a-z0-9]+/g, '_').replace(/^[_\d]+|_+$/g, '');
  const base = (words || fallback).slice(0, 58).replace(/_+$/, '');
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}_${number}`;
    if (!taken.has(name)) return name;
  }
}
