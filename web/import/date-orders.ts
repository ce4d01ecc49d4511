/** The two ways in which a date such as 03/04/2026 can be read, for the question that has to be asked. Pure. */

export const DATE_ORDER_LABELS: Record<'dmy' | 'mdy', string> = {
  dmy: 'The day comes first',
  mdy: 'The month comes first',
};

/** "3 April 2026", null where the text is no date in this order. */
export function readDate(text: string, order: 'dmy' | 'mdy', locale: string): string | null {
  const match = /^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)/.exec(text);
  if (!match) return null;
  const [first, second, year] = match.slice(1).map(Number);
  if (first === undefined || second === undefined || year === undefined) return null;
  const [day, month] = order === 'dmy' ? [first, second] : [second, first];
  const date = new Date(Date.UTC(year < 100 ? 2000 + year : year, month - 1, day));
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1) return null;
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    date,
  );
}

/** Up to two samples as they would be read: "03/04/2026 is 3 April 2026". Those that read the same both ways say nothing and come last. */
export function dateExamples(samples: readonly string[], order: 'dmy' | 'mdy', locale: string): string[] {
  const read = (text: string, by: 'dmy' | 'mdy') => readDate(text, by, locale);
  const telling = samples.filter((text) => read(text, 'dmy') !== read(text, 'mdy'));
  const rest = samples.filter((text) => !telling.includes(text));
  return [...new Set([...telling, ...rest])]
    .flatMap((text) => {
      const date = read(text, order);
      return date === null ? [] : [`${text.trim()} is ${date}`];
    })
    .slice(0, 2);
}
