/**
 * What is wrong with a regular expression of a rule, as a sentence; undefined where it can be used. An expression that can take
 * for ever on some texts is refused: it runs over whatever strangers put into a link.
 */
export function checkExpression(text: string): string | undefined {
  try {
    new RegExp(text, 'iu');
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /, '') : String(error);
    return `"${text}" is not a regular expression: ${reason}.`;
  }
  return repeatsOfRepeats(text)
    ? `"${text}" repeats a group that itself repeats or has alternatives: on some texts that takes for ever. Write it without the outer repeat.`
    : undefined;
}

/** Whether a group with a repeat or an alternative inside is itself repeated without end. Reads an expression that compiles. */
function repeatsOfRepeats(text: string): boolean {
  /** Per open group: whether something inside makes a repeat of it dangerous. */
  const open: boolean[] = [false];
  const mark = () => {
    open[open.length - 1] = true;
  };
  let closed: boolean | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const ofGroup = closed;
    closed = undefined;
    if (char === '\\') at++;
    else if (char === '[') at = endOfClass(text, at);
    else if (char === '(') open.push(false);
    else if (char === ')') {
      closed = open.pop() ?? false;
      if (closed) mark();
    } else if (char === '|') mark();
    else if (char === '*' || char === '+' || (char === '{' && /^\{\d+,\}/.test(text.slice(at)))) {
      if (ofGroup === true) return true;
      mark();
    }
  }
  return false;
}

function endOfClass(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ']') return at;
  }
  return text.length;
}
