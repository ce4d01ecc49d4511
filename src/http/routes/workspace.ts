import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TurnoutError } from '../../contract/errors.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

const name = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'lower-case letters, digits, - and _ only');

export function addWorkspaceRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/healthz',
    permission: 'public',
    summary: 'Whether Turnout is up and takes data in.',
    answer: '{status, data}',
    handle: () => ({ status: 'ok', data: services.current().freshness().state }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/workspace',
    permission: 'read',
    summary: 'Zone, clock, currency, channels and the span of the data.',
    answer: 'WorkspaceInfo',
    handle: () => services.current().workspace(),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/metrics',
    permission: 'read',
    summary: 'Every metric, dimension and funnel.',
    answer: 'Catalog',
    handle: () => services.current().catalog(),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/dashboards',
    permission: 'read',
    summary: 'The dashboards, without their tiles.',
    answer: '{dashboards: [{name, title, description, subject}]}',
    handle: () => ({
      dashboards: services
        .current()
        .dashboards()
        .map(({ name, title, description, subject }) => ({ name, title, description, subject })),
    }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/dashboards/:name',
    permission: 'read',
    summary: 'One dashboard with its filters and tiles.',
    params: z.strictObject({ name }),
    answer: 'Dashboard',
    handle({ params }) {
      const dashboard = services
        .current()
        .dashboards()
        .find((each) => each.name === params.name);
      if (dashboard === undefined) throw new TurnoutError('not_found', `There is no dashboard "${params.name}".`);
      return dashboard;
    },
  });
  addRoute(app, {
    method: 'GET',
    url: '/schema/v1/:file',
    permission: 'read',
    summary: 'JSON Schema of a workspace file, for editors: dashboard.json, model.json, …',
    params: z.strictObject({ file: z.string().regex(/^[a-z-]{1,40}\.json$/, 'a file such as dashboard.json') }),
    answer: 'JSON Schema',
    handle({ params }) {
      const schema = services.current().schemas().get(params.file.replace('.json', ''));
      if (schema === undefined)
        throw new TurnoutError(
          'not_found',
          `There is no schema ${params.file}. Known: ${[...services.current().schemas().keys()].join(', ')}.`,
        );
      return schema;
    },
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sample/remove',
    permission: 'admin',
    summary: 'Removes the sample data and shows the team’s own workspace.',
    body: z.strictObject({}),
    answer: '{removed}',
    async handle({ principal }) {
      await services.removeSample(principal.name);
      return { removed: true };
    },
  });
}
