/** Why a cell could not be read; `unmapped` where a person can say what the value means. */
export interface CellFailure {
  reason: string;
  unmapped?: string;
  /** Where it is known already. */
  column?: string | null;
}

/** What happened while one row was read. */
export class RowNotes {
  /** Sentences, each once. */
  fixes: string[] = [];
  /** The first cell that could not be read. */
  failure: CellFailure | null = null;
  /** An e-mail or phone that could not be read: the row is kept where the person is known in another way. */
  weak: CellFailure | null = null;

  fixed(what: string): void {
    if (!this.fixes.includes(what)) this.fixes.push(what);
  }

  fail(reason: string, unmapped?: string): undefined {
    this.failure ??= unmapped === undefined ? { reason } : { reason, unmapped };
  }

  reset(): void {
    if (this.fixes.length > 0) this.fixes = [];
    this.failure = null;
    this.weak = null;
  }
}

export const FIXES = {
  spaces: 'Spaces around a value were removed.',
  decimalComma: 'Numbers with a decimal comma were read.',
  mapped: 'Values were replaced as the mapping says.',
  clockChange: 'A time at which the clocks change was read with the offset before the change.',
  serial: 'Day numbers of a spreadsheet were read as dates.',
  identityLeftOut:
    'An e-mail address or phone number that cannot be read was left out; the person is known in another way.',
  cut: 'A long text was cut.',
} as const;
