const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** One name for a language however a service writes it: `en`, `en_US`, `EN` and `english` are English. Cut to 200 characters. */
export function languageName(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().slice(0, 200);
  if (text === '') return undefined;
  if (/^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*$/.test(text)) {
    const known = nameOf(text.split(/[-_]/)[0]?.toLowerCase() ?? '');
    if (known !== undefined) return known;
  }
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`.toWellFormed();
}

function nameOf(code: string): string | undefined {
  try {
    return names.of(code);
  } catch {
    return undefined;
  }
}
