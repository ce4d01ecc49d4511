import { z } from 'zod';
import { queryBody } from '../contract/query.ts';
import { canonicalRecord } from '../contract/record.ts';
import type { DeclaredRoute } from './route.ts';

/** The OpenAPI 3.1 description, made from the same schemas that check the requests. */
export function describeApi(routes: readonly DeclaredRoute[]): object {
  const paths: Record<string, Record<string, object>> = {
    '/hooks/{source}': { post: hookOperation },
  };
  for (const route of routes) {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Turnout',
      version: '1',
      description:
        'Queries, sources and the state of the data. Answers carry `meta.as_of` and `meta.complete_through`.',
    },
    paths,
  };
}

const hookOperation = {
  summary: 'Where services deliver their events. 2xx means safe on disk; 403 a wrong signature; 503 try again.',
  parameters: [{ name: 'source', in: 'path', required: true, schema: { type: 'string' } }],
  requestBody: { content: { 'application/json': { schema: schemaOf(canonicalRecord) }, '*/*': {} } },
  responses: {
    200: { description: 'Received and safe' },
    403: { description: 'Not authentic' },
    503: { description: 'Could not be made durable; send again' },
  },
};

function describeRoute(route: DeclaredRoute): object {
  const operation: Record<string, unknown> = {
    summary: route.summary,
    'x-permission': route.permission,
    responses: {
      200: { description: route.answer },
      400: { description: 'Every problem with its path and a hint', content: { 'application/json': {} } },
    },
  };
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.search, 'query')];
  if (parameters.length > 0) operation['parameters'] = parameters;
  if (route.body !== undefined) {
    const schema = route.url === '/api/v1/query' ? queryBody : route.body;
    operation['requestBody'] = { required: true, content: { 'application/json': { schema: schemaOf(schema) } } };
  }
  if (route.raw)
    operation['requestBody'] = {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    };
  return operation;
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): object[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, value]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: schemaOf(value),
  }));
}

function schemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
