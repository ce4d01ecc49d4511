/** Words that mean "no more messages" when they are the whole reply (the carriers' list). */
const OPT_OUT_WORDS = new Set([
  'STOP',
  'STOPALL',
  'STOP ALL',
  'UNSUBSCRIBE',
  'CANCEL',
  'END',
  'QUIT',
  'OPTOUT',
  'OPT OUT',
  'REVOKE',
]);

export function isOptOut(reply: unknown): boolean {
  if (typeof reply !== 'string' || reply.length > 40) return false;
  return OPT_OUT_WORDS.has(
    reply
      .trim()
      .replace(/[.!]+$/, '')
      .replace(/[\s-]+/g, ' ')
      .toUpperCase(),
  );
}
