/** Pieces of the YAML that Turnout writes for people: one line an item, quotes only where they are needed. */

const WORDS = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n']);

/** A text as a YAML scalar that means the same in block and in flow style. */
export function scalar(text: string): string {
  const plain = /^\p{L}[\p{L}\p{N}_ -]*$/u.test(text) && !/\s$|\s{2}/.test(text) && !WORDS.has(text.toLowerCase());
  return plain ? text : JSON.stringify(text);
}

/** `{ name: region, label: Region }`; keys without a value are left out. */
export function flowMap(entries: Record<string, string | number | boolean | undefined>): string {
  const parts = Object.entries(entries).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${typeof value === 'string' ? scalar(value) : value}`],
  );
  return `{ ${parts.join(', ')} }`;
}

/** `[a, b]` */
export const flowList = (items: readonly string[]): string => `[${items.map(scalar).join(', ')}]`;

/** A comment of one line, whatever the text holds. */
export const remark = (text: string): string => `# ${text.replaceAll(/\s+/g, ' ')}`;
