/**
 * The last of three walls round the engine: its own grants deny every table function and table engine that reaches files, hosts
 * or processes; read sessions are `readonly=1`; this scanner refuses what both let through (seen in ClickHouse 26.7 through chDB:
 * the scalar function `file()`, `INTO OUTFILE`, `FROM INFILE`, several statements in one text).
 */

const READ_STATEMENTS = new Set(['select', 'with', 'explain']);
const WRITE_STATEMENTS = new Set([
  'select',
  'with',
  'insert',
  'create',
  'alter',
  'drop',
  'truncate',
  'optimize',
  'check',
  'delete',
]);
/** Stands for a string or a number. A `(` never follows one, so that no name can hide behind digits. */
const VALUE = "'";
const REFUSED_FUNCTIONS = new Set([VALUE, 'file', 'catboostevaluate', 'executable', 'sleep', 'sleepeachrow']);
const REFUSED_WORDS = new Set(['outfile', 'infile']);

interface Word {
  /** Lower case; a quoted identifier is unquoted. */
  text: string;
  quoted: boolean;
}

/**
 * Says why a statement may not run, or null. On the `read` path only SELECT, WITH and EXPLAIN may begin it. Fails closed: text
 * that cannot be split into words is refused.
 */
export function refuseStatement(text: string, path: 'read' | 'write'): string | null {
  const words = splitWords(text);
  if (words === null) return 'The statement cannot be split into words.';
  const first = words.find((word) => word.text !== '(');
  if (first === undefined) return 'The statement is empty.';
  const allowed = path === 'read' ? READ_STATEMENTS : WRITE_STATEMENTS;
  if (first.quoted || !allowed.has(first.text)) return `A ${path} statement may not begin with "${first.text}".`;
  for (const [index, word] of words.entries()) {
    if (word.text === ';') return 'Only one statement may be sent, without a semicolon.';
    if (!word.quoted && REFUSED_WORDS.has(word.text)) return 'Files are out of reach.';
    if (words[index + 1]?.text === '(' && REFUSED_FUNCTIONS.has(word.text))
      return `The function ${word.text} is out of reach.`;
  }
  return null;
}

/** One alternative per kind of word; anything else ends the split. Strings are dropped: no rule looks into them. */
const WORD = new RegExp(
  [
    String.raw`(?<blank>\s+|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)`,
    String.raw`(?<string>'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*')`,
    '(?<name>[A-Za-z_][A-Za-z0-9_]*)',
    // A whole list of numbers is one word: lists of keys are long.
    '(?<number>[0-9][A-Za-z0-9_.]*(?:, ?[0-9][A-Za-z0-9_.]*)*)',
    '(?<quoted>`(?:[^`\\\\]|``)*`|"(?:[^"\\\\]|"")*")',
    String.raw`(?<mark>\/(?!\*)|[-+*%=<>!(),.:;?[\]{}|&^@])`,
  ].join('|'),
  'y',
);

function splitWords(text: string): Word[] | null {
  const words: Word[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const groups = WORD.exec(text)?.groups;
    if (groups === undefined) return null;
    const { name, quoted, mark, string, number } = groups;
    if (name !== undefined) words.push({ text: name.toLowerCase(), quoted: false });
    else if (quoted !== undefined) words.push({ text: quoted.slice(1, -1).toLowerCase(), quoted: true });
    else if (mark !== undefined) words.push({ text: mark, quoted: false });
    else if (string !== undefined || number !== undefined) words.push({ text: VALUE, quoted: false });
  }
  return words;
}
