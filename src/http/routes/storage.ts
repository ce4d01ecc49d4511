import type { FastifyInstance } from 'fastify';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

/** What lies on the disk. */
export function addStorageRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/storage',
    permission: 'read',
    summary: 'What lies on the disk, in all and for each message, and what a person should do about it.',
    answer: 'StorageInfo',
    handle: () => services.current().storage(),
  });
}
