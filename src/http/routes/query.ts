import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TurnoutError } from '../../contract/errors.ts';
import { funnelQuery, MAX_BATCH, metricQuery, type queryBody } from '../../contract/query.ts';
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
    search: z.record(z.string(), z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(50)])),
    answer: 'QueryResult',
    async handle({ search, signal }) {
      const current = services.current();
      const { today, week_start, data } = await current.workspace();
      const translated = viewToQuery(toSearch(search), { today, weekStart: week_start, data });
      if ('problems' in translated)
        throw new TurnoutError(
          'invalid_request',
          translated.problems.map((problem) => problem.message).join(' '),
          translated.problems,
        );
      return current.runQuery(
        parsePart('query', schemaFor(translated.query), translated.query) as z.infer<typeof metricQuery>,
        signal,
      );
    },
  });
}

/** The three forms are told apart first, so that a mistake is explained in the form that was meant. */
function schemaFor(body: unknown): z.ZodType {
  if (typeof body !== 'object' || body === null)
    return z.looseObject({}, 'an object is needed: {"metrics": ["charges"]} or {"queries": […]}');
  if ('queries' in body) return queryBatchOneByOne;
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

function toSearch(search: Record<string, string | string[]>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, one);
  return `?${parameters.toString()}`;
}
