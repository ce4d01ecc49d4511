import type { TableColumnType } from '../../contract/facts.ts';

/** What a column of a table that people brought is good for, as far as its name, type and first values tell. */

export interface ColumnToJudge {
  /** Lower-case, from the file's own name: see `columnNames`. */
  name: string;
  /** As the file has it; symbols such as € stand here only. */
  header: string;
  type: TableColumnType;
  /** Some values as they stand in the file; absent where none are known. */
  samples?: readonly string[] | undefined;
}

export interface ColumnRole {
  /** Rows are grouped and filtered by it. */
  category: boolean;
  sum: boolean;
  average: boolean;
  /** Metric format of sums and averages. */
  format: 'integer' | 'decimal' | 'currency' | 'duration';
}

const named = (words: string): RegExp => new RegExp(`(^|_)(${words})(_|$)`);

const ID = named(
  'id|ids|uuid|guid|key|no|nr|num|nomer|number|code|kod|zip|postcode|postal|plz|index|phone|tel|telefon|mobile|msisdn|inn|vat|iban|account|sku|year|god|month|day|week|hour|lat|lon|latitude|longitude',
);
/** Values of these stand for one thing or person each. */
const SINGULAR = named(
  'id|ids|uuid|guid|email|e_mail|mail|pochta|phone|tel|telefon|mobile|msisdn|iban|url|link|www|password',
);
const FREE_TEXT = named(
  'name|fio|imya|fullname|comment|comments|kommentariy|note|notes|text|tekst|message|description|opisanie|title|subject|address|adres|sku',
);
const MONEY = named(
  'amount|revenue|price|cost|costs|charge|charges|fee|fees|paid|payment|income|sales|turnover|budget|spend|salary|profit|summa|tsena|stoimost|vyruchka|oplata|dokhod|byudzhet|betrag|preis|umsatz|kosten',
);
const CURRENCIES: Record<string, string> = { $: 'USD', '€': 'EUR', '£': 'GBP', '₽': 'RUB', '₹': 'INR', '₸': 'KZT' };
const RATE = named(
  'percent|pct|share|rate|ratio|score|rating|grade|age|temperature|price|tsena|preis|avg|average|mean|median|otsenka|vozrast',
);
const SECONDS = named('seconds|second|secs|sec|sekund|duration|dlitelnost|dauer');
const LENGTH = named('minutes|minute|mins|hours|days|length');
const BIRTH = named('birth|birthday|birthdate|dob|rozhdeniya|geburtstag|geburtsdatum');
const CURRENCY_COLUMN = named('currency|ccy|valyuta|waehrung|moneda|devise');

/** @param currency ISO 4217 of the workspace: amounts that name another one are numbers, not money */
export function columnRole(column: ColumnToJudge, currency: string): ColumnRole {
  const none: ColumnRole = { category: false, sum: false, average: false, format: 'integer' };
  if (column.samples !== undefined && known(column.samples).length === 0) return none;
  switch (column.type) {
    case 'text':
      return { ...none, category: isCategory(column) };
    case 'boolean':
      return { ...none, category: true };
    case 'date':
    case 'time':
      return none;
    case 'number':
    case 'integer':
      return isIdentifier(column) ? none : measureRole(column, currency);
  }
}

/** The column by whose time rows are counted: the first with a date, but for birthdays; undefined where there is none. */
export function timeColumn<Column extends ColumnToJudge>(columns: readonly Column[]): Column | undefined {
  return columns.find(
    ({ name, type, samples }) =>
      (type === 'date' || type === 'time') && !BIRTH.test(name) && (samples === undefined || known(samples).length > 0),
  );
}

/** The column that says in which currency a row's amounts are. */
export function currencyCodeColumn<Column extends ColumnToJudge>(columns: readonly Column[]): Column | undefined {
  return columns.find(
    ({ name, type, samples = [] }) =>
      type === 'text' && CURRENCY_COLUMN.test(name) && known(samples).every((value) => /^[A-Z]{3}$/.test(value)),
  );
}

function measureRole(column: ColumnToJudge, currency: string): ColumnRole {
  const { name, type } = column;
  const plain = type === 'integer' ? 'integer' : 'decimal';
  if (RATE.test(name))
    return { category: false, sum: false, average: true, format: moneyFormat(column, currency) ?? 'decimal' };
  if (SECONDS.test(name)) return { category: false, sum: true, average: true, format: 'duration' };
  if (LENGTH.test(name)) return { category: false, sum: true, average: true, format: 'decimal' };
  const money = moneyFormat(column, currency);
  return { category: false, sum: true, average: money !== undefined || type === 'number', format: money ?? plain };
}

function moneyFormat({ name, header, type }: ColumnToJudge, currency: string): 'currency' | 'decimal' | undefined {
  const code = currencyNamed(header);
  if (code !== undefined) return code === currency ? 'currency' : 'decimal';
  return MONEY.test(name) && (type === 'number' || !/amount|summa/.test(name)) ? 'currency' : undefined;
}

/** `Amount (USD)`, `Сумма, ₽` */
function currencyNamed(header: string): string | undefined {
  const symbol = Array.from(header).find((letter) => Object.hasOwn(CURRENCIES, letter));
  if (symbol !== undefined) return CURRENCIES[symbol];
  const words = header.toUpperCase().split(/[^\p{L}]+/u);
  if (words.some((word) => word === 'РУБ' || word === 'RUR')) return 'RUB';
  const codes = Intl.supportedValuesOf('currency');
  // Three letters in capitals, or in brackets: "All sales" holds no Albanian lek.
  return words.find(
    (word) => codes.includes(word) && (header.includes(word) || header.toUpperCase().includes(`(${word})`)),
  );
}

function isIdentifier({ name, type, samples = [] }: ColumnToJudge): boolean {
  if (ID.test(name)) return true;
  const values = known(samples);
  return type === 'integer' && values.length > 0 && values.every((value) => /^\d{9,}$/.test(value));
}

/** Few different short words. With a handful of values the look of them has to do. */
function isCategory({ name, samples }: ColumnToJudge): boolean {
  if (CURRENCY_COLUMN.test(name)) return true;
  if (SINGULAR.test(name)) return false;
  const values = known(samples ?? []);
  if (values.some((value) => value.length > 60 || /@|https?:\/\//.test(value) || /^\+?[\d\s()-]{7,}$/.test(value)))
    return false;
  const different = new Set(values).size;
  if (values.length >= 10) return different <= Math.max(3, values.length / 2) && different <= 50;
  if (FREE_TEXT.test(name)) return false;
  return values.every((value) => value.split(/\s+/).length <= 4 && !looksLikeId(value));
}

/** `A-10027`, `6f1c9e2b`: more digits than a name has. */
function looksLikeId(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '').length;
  return digits >= 4 || (digits > 0 && digits >= value.length / 2);
}

const known = (samples: readonly string[]): string[] =>
  samples.map((sample) => sample.trim()).filter((sample) => sample !== '');
