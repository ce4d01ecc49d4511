/** The rules by which records are set aside, in words. */
const RULES: Record<string, string> = {
  unreadable: 'Cannot be read',
  invalid: 'Not valid',
  conflict: 'Contradicts what came before',
  unknown_source: 'Of a source that is no longer declared',
  poison: 'Breaks its reader',
};

export function ruleLabel(rule: string): string {
  return RULES[rule] ?? rule.replaceAll('_', ' ');
}

/** What follows a replay: it takes a moment, and it may fail again. */
export function replayWords(records: number): string {
  if (records === 0) return 'Nothing is left to try again: it was settled in the meantime.';
  return records === 1
    ? 'It is tried again. If it still cannot be counted it comes back here with its reason.'
    : `${records} records are tried again. What still cannot be counted comes back here with its reason.`;
}

/** The API cuts longer pieces: what is not shown in full cannot be mended by hand. */
const CUT_BYTES = 64 * 1024;
const SHOWN = 600;

export function isCut(raw: string): boolean {
  return new TextEncoder().encode(raw).length >= CUT_BYTES;
}

/** The beginning of a piece as the list shows it. */
export function shortRaw(raw: string): string {
  return raw.length > SHOWN ? `${raw.slice(0, SHOWN)} …` : raw;
}

/** A piece as it is offered for mending: JSON is set out, anything else stays as it came. */
export function editableRaw(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

/** What a person wrote: JSON, or text where it does not look like JSON. */
export function readMended(text: string): { ok: true; record: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, record: JSON.parse(text) as unknown };
  } catch (error) {
    if (text.trim() === '') return { ok: false, message: 'There is nothing to try again.' };
    if (!/^\s*[[{"]/.test(text)) return { ok: true, record: text };
    const reason = error instanceof Error ? error.message : '';
    return { ok: false, message: `This is not JSON yet. ${reason}`.trim() };
  }
}
