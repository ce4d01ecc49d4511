import type { FastifyInstance } from 'fastify';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

export function addRollupRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/rollups',
    permission: 'read',
    summary: 'Answers that are kept ready: their tables, from when on they are built, hours that wait.',
    answer: '{ rollups: RollupInfo[] }',
    handle: async () => ({ rollups: await services.current().rollups() }),
  });
}
