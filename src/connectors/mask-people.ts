const EMAIL = /[^\s@"'<>,;]+@[^\s@"'<>,;]+\.[^\s@"'<>,;]+/g;
const PHONE = /^\+?[\d\s().-]{7,20}$/;

/** A value as it may be shown as an example: e-mail addresses as `d***@example.com`, phone numbers as `+1202…23`. */
export function maskPeople(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return maskText(value, name);
  if (typeof value === 'number') return /phone|mobile|msisdn/i.test(name) ? maskText(String(value), name) : value;
  if (Array.isArray(value)) return value.map((item) => maskPeople(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskPeople(item, key)]));
}

function maskText(text: string, name: string): string {
  const digits = text.replace(/\D/g, '');
  const isPhone = PHONE.test(text) && (text.startsWith('+') || /phone|mobile|msisdn/i.test(name)) && digits.length >= 7;
  if (isPhone) return `${text.startsWith('+') ? '+' : ''}${digits.slice(0, 4)}…${digits.slice(-2)}`;
  return text.replace(EMAIL, (address) => `${address.slice(0, 1)}***${address.slice(address.lastIndexOf('@'))}`);
}
