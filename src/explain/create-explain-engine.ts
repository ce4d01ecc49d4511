import type { Query } from '../contract/query.ts';
import type { QueryResult } from '../contract/result.ts';
import type { CheckedModel } from '../model/checked.ts';
import { answerBatch } from '../query/answer-batch.ts';
import type { QueryContext } from '../query/query-context.ts';
import type { QueryEngine } from '../query/run-query.ts';
import { answerChange } from './answer-change.ts';
import { answerMarks } from './answer-marks.ts';
import { planChange } from './plan-change.ts';

interface ExplainOptions {
  /** Answers metric queries and funnels. */
  engine: QueryEngine;
  model: CheckedModel;
  /** As in the engine's own options. */
  onBug?: (error: unknown) => void;
}

/** An engine that also says why a metric changed and which rows stand out; everything else is handed through. */
export function createExplainEngine({ engine, model, onBug }: ExplainOptions): QueryEngine {
  const answer = (query: Query, context: QueryContext): Promise<QueryResult> => {
    if ('change' in query) return answerChange(query, model, context, engine);
    if ('metrics' in query && query.marks !== undefined) return answerMarks(query, model, context, engine);
    return engine.run(query, context);
  };

  return {
    status: () => engine.status(),
    run: answer,
    runBatch: (queries, context) => answerBatch(queries, context, answer, onBug),
    async explainSql(query, context) {
      if (!('change' in query)) return engine.explainSql(query, context);
      const { now, before } = planChange(query, model, context);
      const statements = await Promise.all([now, before].map((part) => engine.explainSql(part, context)));
      return statements.join(';\n\n');
    },
  };
}
