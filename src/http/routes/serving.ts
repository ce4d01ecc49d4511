import type { FastifyInstance } from 'fastify';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

export function addServingRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/serving',
    permission: 'read',
    summary: 'How queries are answered since the start: from what is kept, by the engine, what runs and waits.',
    answer: 'ServingStatus',
    handle: () => services.current().serving(),
  });
}
