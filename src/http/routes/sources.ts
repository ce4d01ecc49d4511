import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TurnoutError } from '../../contract/errors.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';
import { namedSource } from './source-actions.ts';

/** What a reader can see of sources and their runs. */
export function addSourceRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/sources',
    permission: 'read',
    summary: 'Every source with its state and what arrived lately.',
    answer: '{sources: SourceInfo[]}',
    handle: async () => ({ sources: await services.current().sources() }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/connectors',
    permission: 'read',
    summary: 'What can be connected, with the JSON Schema of its settings.',
    answer: '{connectors: ConnectorInfo[]}',
    handle: () => ({ connectors: services.current().connectors() }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/sources/:name',
    permission: 'read',
    summary: 'One source: state, declaration with secrets masked, last runs, changes of its columns.',
    params: namedSource,
    answer: 'SourceDetail',
    async handle({ params }) {
      const detail = await services.current().source(params.name);
      if (detail === null) throw new TurnoutError('not_found', `There is no source "${params.name}".`);
      return detail;
    },
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/sources/:name/runs',
    permission: 'read',
    summary: 'Runs of a source, newest first.',
    params: namedSource,
    search: z.strictObject({
      limit: z.coerce.number().int().min(1).max(200).default(30),
      before: z.coerce.number().int().min(1).optional(),
    }),
    answer: '{runs: RunInfo[]}',
    handle: async ({ params, search }) => ({ runs: await services.current().runs(params.name, search) }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/runs/:id',
    permission: 'read',
    summary: 'One run with its log and its streams.',
    params: z.strictObject({ id: z.coerce.number().int().min(1) }),
    answer: 'RunDetail',
    async handle({ params }) {
      const run = await services.current().run(params.id);
      if (run === null) throw new TurnoutError('not_found', `There is no run ${params.id}.`);
      return run;
    },
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/unpriced',
    permission: 'read',
    summary: 'Billable messages for which neither the provider nor the rate card has a price: they count as 0.',
    answer: '{messages}',
    handle: async () => ({ messages: await services.current().unpriced() }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/freshness',
    permission: 'read',
    summary: 'How current the numbers are.',
    answer: 'Freshness',
    handle: () => services.current().freshness(),
  });
}
