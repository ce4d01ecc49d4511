import type { FastifyInstance } from 'fastify';
import { describeApi } from '../openapi.ts';
import { addRoute, type DeclaredRoute } from '../route.ts';

/** @param declared every route of the app, filled as they register */
export function addDescriptionRoutes(app: FastifyInstance, declared: readonly DeclaredRoute[]): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/openapi.json',
    permission: 'read',
    summary: 'This description.',
    answer: 'OpenAPI 3.1',
    handle: () => describeApi(declared),
  });
}
