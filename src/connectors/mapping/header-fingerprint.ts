import { hash } from 'node:crypto';
import { normaliseLabel } from './normalise-label.ts';

/** The same for every file whose header has these columns, in whatever order, case and punctuation. */
export function headerFingerprint(columns: readonly string[]): string {
  const names = columns.map((name) => normaliseLabel(name) || name.trim()).sort();
  return hash('sha256', names.join('\u001f').toWellFormed(), 'hex').slice(0, 32);
}
