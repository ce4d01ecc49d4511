import type { ResultMeta } from '../contract/result.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { formatInstant } from './format-instant.ts';
import { describeLateness } from './lateness.ts';
import type { QueryContext, StatementTraits } from './query-context.ts';
import type { CachedAnswer } from './statement-cache.ts';

type Send = (statement: RenderedSql, traits: StatementTraits) => Promise<CachedAnswer>;

/** The statements of one query and what they cost. */
export class Trace {
  readonly #send: Send;
  #rowsRead = 0;
  #elapsedMs = 0;
  #cached = true;

  constructor(run: Send) {
    this.#send = run;
  }

  readonly run = async (
    statement: RenderedSql,
    traits: StatementTraits = { key: statement },
  ): Promise<Record<string, unknown>[]> => {
    const answer = await this.#send(statement, traits);
    this.#rowsRead += answer.rowsRead;
    this.#elapsedMs = Math.max(this.#elapsedMs, answer.elapsedMs ?? 0);
    this.#cached &&= answer.cached;
    return answer.rows;
  };

  /** `elapsed_ms` is the longest statement's: they run side by side. */
  meta(context: QueryContext, zone: string, timezone: string, plan: string[], notes: string[]): ResultMeta {
    const { late = [] } = context;
    return {
      as_of: formatInstant(context.asOf, zone),
      complete_through: formatInstant(context.completeThrough, zone),
      data_version: context.dataVersion,
      timezone,
      plan,
      rows_read: this.#rowsRead,
      elapsed_ms: Math.round(this.#elapsedMs),
      cached: this.#cached,
      notes: [...notes, ...describeLateness(late, zone)],
      ...(late.length === 0 ? {} : { late }),
    };
  }
}
