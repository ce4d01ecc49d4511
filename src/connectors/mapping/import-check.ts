import type { ImportCheck } from '../../contract/api.ts';
import type { RowMapping } from '../../contract/mapping.ts';
import { type CanonicalRecord, MESSAGE_STATUSES, type MessageStatus } from '../../contract/record.ts';
import type { SourceDefaults } from '../../contract/source.ts';
import type { TableCell, TablePage } from '../../contract/table-page.ts';
import { BoundedSet } from './bounded-set.ts';
import { type CompiledMapping, compileMapping, type MappedRow } from './compile-mapping.ts';

export interface RejectedRow {
  /** Where it stands in the file, 1-based. */
  row_number: number;
  cells: TableCell[];
  /** A sentence. */
  reason: string;
  column: string | null;
}

/** What a mapping would make of a file, page by page; memory is bounded however long the file is. */
export interface ImportCheckRun {
  /** @returns the rows of the page that are rejected */
  add(page: TablePage): RejectedRow[];
  result(): ImportCheck;
}

const MAX_REASONS = 200;
const MAX_VALUES = 200;
const SHOWN_VALUES = 50;
const SAMPLES = 20;

/** Statuses that a message has passed through when it has reached one. */
const IMPLIED: Record<MessageStatus, readonly MessageStatus[]> = {
  queued: [],
  sent: [],
  delivered: ['sent'],
  read: ['sent', 'delivered'],
  opened: ['sent', 'delivered'],
  clicked: ['sent', 'delivered'],
  answered: ['sent', 'delivered'],
  replied: ['sent', 'delivered'],
  failed: ['sent'],
  unsubscribed: ['sent'],
  complained: ['sent'],
};
/** A message that only waits has reached no step. */
const STEPS = MESSAGE_STATUSES.filter((status) => status !== 'queued');

export function createImportCheck(
  mapping: RowMapping,
  context: { timeZone: string; country?: string | undefined; defaults?: SourceDefaults },
): ImportCheckRun {
  return new Check(mapping, context);
}

interface Reason {
  reason: string;
  column: string | null;
  rows: number;
  example: string;
  first_row: number;
}

class Check implements ImportCheckRun {
  readonly #mapping: RowMapping;
  readonly #context: { timeZone: string; country?: string | undefined; defaults?: SourceDefaults };
  #compiled: { columns: string; timeZone: string | undefined; mapping: CompiledMapping } | null = null;
  #counts = { good: 0, fixed: 0, rejected: 0, repeated: 0, left_out: 0 };
  readonly #reasons = new Map<string, Reason>();
  readonly #fixes = new Map<string, number>();
  readonly #unmapped = new Map<string, { field: string; column: string; values: Map<string, number> }>();
  readonly #sample: Record<string, unknown>[] = [];
  readonly #rowsSeen = new BoundedSet();
  readonly #steps = new BoundedSet(4_000_000);
  readonly #funnel = new Map<MessageStatus, number>();

  constructor(
    mapping: RowMapping,
    context: { timeZone: string; country?: string | undefined; defaults?: SourceDefaults },
  ) {
    this.#mapping = mapping;
    this.#context = context;
  }

  add(page: TablePage): RejectedRow[] {
    const { map } = this.#compile(page);
    const rejected: RejectedRow[] = [];
    for (const [index, cells] of page.rows.entries()) {
      const rowNumber = page.row_numbers?.[index] ?? page.first_row + index;
      const mapped = map(cells, rowNumber, page.place);
      if ('skip' in mapped) this.#counts.left_out++;
      else if (mapped.ok) this.#count(mapped, cells);
      else {
        this.#reject(mapped, cells, rowNumber, page.columns);
        rejected.push({ row_number: rowNumber, cells, reason: mapped.reason, column: mapped.column });
      }
    }
    return rejected;
  }

  result(): ImportCheck {
    const { good, fixed, rejected, repeated, left_out } = this.#counts;
    const reached = STEPS.filter((step) => (this.#funnel.get(step) ?? 0) > 0);
    return {
      rows: good + fixed + rejected + repeated + left_out,
      good,
      fixed,
      rejected,
      repeated,
      left_out,
      reasons: [...this.#reasons.values()].sort((a, b) => b.rows - a.rows || a.first_row - b.first_row),
      fixes: [...this.#fixes].map(([what, rows]) => ({ what, rows })).sort((a, b) => b.rows - a.rows),
      unmapped_values: [...this.#unmapped.values()].map(({ field, column, values }) => ({
        field,
        column,
        values: [...values]
          .map(([value, rows]) => ({ value, rows }))
          .sort((a, b) => b.rows - a.rows)
          .slice(0, SHOWN_VALUES),
      })),
      sample: this.#sample,
      funnel: reached.map((step) => ({ step, rows: this.#funnel.get(step) ?? 0 })),
    };
  }

  #compile(page: TablePage): CompiledMapping {
    const columns = page.columns.join('\u001f');
    if (this.#compiled?.columns === columns && this.#compiled.timeZone === page.time_zone)
      return this.#compiled.mapping;
    const mapping = compileMapping(this.#mapping, {
      columns: page.columns,
      timeZone: page.time_zone ?? this.#context.timeZone,
      country: this.#context.country,
      defaults: this.#context.defaults ?? {},
    });
    this.#compiled = { columns, timeZone: page.time_zone, mapping };
    return mapping;
  }

  #count(mapped: Extract<MappedRow, { ok: true }>, cells: readonly TableCell[]): void {
    if (!this.#rowsSeen.add(JSON.stringify(cells))) {
      this.#counts.repeated++;
      return;
    }
    if (mapped.fixes.length === 0) this.#counts.good++;
    else this.#counts.fixed++;
    for (const what of mapped.fixes) this.#fixes.set(what, (this.#fixes.get(what) ?? 0) + 1);
    for (const record of mapped.records) {
      if (this.#sample.length < SAMPLES) this.#sample.push(record);
      if (record.record === 'message_event') this.#step(record);
    }
  }

  #step({ message_id, status }: Extract<CanonicalRecord, { record: 'message_event' }>): void {
    for (const step of [...IMPLIED[status], status]) {
      if (this.#steps.add(`${step} ${message_id}`)) this.#funnel.set(step, (this.#funnel.get(step) ?? 0) + 1);
    }
  }

  #reject(
    { reason, column, unmapped }: Extract<MappedRow, { ok: false }>,
    cells: readonly TableCell[],
    rowNumber: number,
    columns: readonly string[],
  ): void {
    this.#counts.rejected++;
    // Values are left out, so that a thousand bad dates are one reason.
    const general = reason
      .replace(/^"[^"]*"/, 'A value')
      .replace(/\(it reads [^()]*\)/, '')
      .replace(/ +/g, ' ');
    const key = `${column ?? ''} ${general}`;
    const known = this.#reasons.get(key);
    if (known !== undefined) known.rows++;
    else if (this.#reasons.size < MAX_REASONS) {
      const cell = column === null ? cells : cells[columns.indexOf(column)];
      const example = Array.isArray(cell) ? cell.map((one) => one ?? '').join(' | ') : String(cell ?? '');
      this.#reasons.set(key, {
        reason: general,
        column,
        rows: 1,
        example: example.slice(0, 200),
        first_row: rowNumber,
      });
    }
    if (unmapped === undefined) return;
    const field = this.#unmapped.get(unmapped.field) ?? {
      field: unmapped.field,
      column: unmapped.column,
      values: new Map(),
    };
    this.#unmapped.set(unmapped.field, field);
    const rows = field.values.get(unmapped.value);
    if (rows !== undefined || field.values.size < MAX_VALUES) field.values.set(unmapped.value, (rows ?? 0) + 1);
  }
}
