import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TurnoutError } from '../../contract/errors.ts';
import {
  changeQuery,
  funnelQuery,
  MAX_BATCH,
  type MetricQuery,
  metricQuery,
  type queryBody,
} from '../../contract/query.ts';
import { viewToQuery } from '../../contract/url.ts';
import { addRoute, parsePart } from '../route.ts';
import type { Services } from '../services.ts';

export function addQueryRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/query',
    permission: 'read',
    summary: 'Answers one query, or `{queries: […]}` over one data version.',
    body: z.unknown(),
    answer: 'QueryResult | BatchResult',
    async handle({ body, signal }) {
      const current = services.current();
      const parsed = parsePart('body', schemaFor(body), body) as z.infer<typeof queryBody>;
      return 'queries' in parsed ? current.runBatch(parsed.queries, signal) : current.runQuery(parsed, signal);
    },
  });

  addRoute(app, {
    method: 'GET',
    url: '/api/v1/query',
    permission: 'read',
    summary: 'Answers one query written in the URL grammar: `?m=charges&by=channel&p=28d`.',
    search: urlGrammar,
    answer: 'QueryResult',
    handle: async ({ search, signal }) => services.current().runQuery(await translate(services, search), signal),
  });

  addRoute(app, {
    method: 'GET',
    url: '/api/v1/query/sql',
    permission: 'read',
    summary: 'The SQL behind `GET /api/v1/query`, with a comment for each step.',
    search: urlGrammar,
    answer: '{sql}',
    handle: async ({ search, signal }) => ({
      sql: await services.current().explainQuery(await translate(services, search), signal),
    }),
  });
}

const text = z.string().max(2_000);
/** Keys of the grammar; `f` and `mf` may stand several times. */
const urlGrammar = z.strictObject({
  ...Object.fromEntries(
    ['u', 'p', 'to', 'vs', 'wd', 'g', 'm', 'by', 'x', 's', 'n', 'ma'].map((key) => [key, text.optional()]),
  ),
  ...Object.fromEntries(['f', 'mf', 'v'].map((key) => [key, z.union([text, z.array(text).max(50)]).optional()])),
}) as z.ZodType<Record<string, string | string[] | undefined>>;

async function translate(
  services: Services,
  search: Record<string, string | string[] | undefined>,
): Promise<MetricQuery> {
  const { today, week_start, data } = await services.current().workspace();
  const translated = viewToQuery(toSearch(search), { today, weekStart: week_start, data });
  if ('problems' in translated) {
    const sentences = translated.problems.map((problem) => problem.message);
    throw new TurnoutError('invalid_request', sentences.join(' '), translated.problems);
  }
  return parsePart('query', metricQuery, translated.query);
}

/** The three forms are told apart first, so that a mistake is explained in the form that was meant. */
function schemaFor(body: unknown): z.ZodType {
  if (typeof body !== 'object' || body === null)
    return z.looseObject({}, 'an object is needed: {"metrics": ["charges"]} or {"queries": […]}');
  if ('queries' in body) return queryBatchOneByOne;
  if ('change' in body) return changeQuery;
  return 'funnel' in body ? funnelQuery : metricQuery;
}

/** As `queryBatch`, with each query checked in the form that was meant. */
const queryBatchOneByOne = z
  .strictObject({
    queries: z.array(z.unknown()).min(1).max(MAX_BATCH),
  })
  .transform((batch, context) => ({
    queries: batch.queries.map((query, index) => {
      const parsed = schemaFor(query).safeParse(query);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues)
        context.addIssue({ code: 'custom', message: issue.message, path: ['queries', index, ...issue.path] });
      return z.NEVER;
    }),
  }));

function toSearch(search: Record<string, string | string[] | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) parameters.append(name, one);
  }
  return `?${parameters.toString()}`;
}
