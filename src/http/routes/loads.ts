import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { loadRequest } from '../../contract/load.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

const seq = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Files of history: kept piece by piece, then ordered together. */
export function addLoadRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/loads',
    permission: 'admin',
    summary: 'Counts a file of history whose pieces are kept: turnout load does this.',
    body: loadRequest,
    answer: 'LoadStarted',
    handle: ({ body, principal }) => services.current().loads.order(body, principal.name),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/loads',
    permission: 'read',
    summary: 'How far a file of history is counted.',
    search: z.strictObject({ first_seq: seq, last_seq: seq }),
    answer: 'LoadReport',
    handle: ({ search }) => services.current().loads.report(search.first_seq, search.last_seq),
  });
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    addRoute(scope, {
      method: 'POST',
      url: '/api/v1/loads/pieces',
      permission: 'admin',
      summary: 'Keeps lines of a file of history: the body is NDJSON, whole lines.',
      search: z.strictObject({ lines_before: z.coerce.number().int().min(0).max(1e12) }),
      raw: true,
      answer: '{pieces: LoadPiece[]}',
      handle: async ({ search, request }) => ({
        pieces: await services.current().loads.keepPiece(request, search.lines_before),
      }),
    });
  });
}
