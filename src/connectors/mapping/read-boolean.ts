const TRUE = new Set([
  'true',
  'yes',
  'y',
  '1',
  't',
  'on',
  'x',
  '✓',
  '✔',
  'да',
  'ja',
  'si',
  'sí',
  'oui',
  'tak',
  'sim',
  'wahr',
  'истина',
]);
const FALSE = new Set(['false', 'no', 'n', '0', 'f', 'off', 'нет', 'nein', 'non', 'nie', 'não', 'falsch', 'ложь']);

/** A yes or no as files write it; undefined for anything else. */
export function readBoolean(raw: string): boolean | undefined {
  const word = raw.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}
