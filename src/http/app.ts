import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { isLoopbackHeader, isSameOrigin } from '../access/host.ts';
import { TurnoutError } from '../contract/errors.ts';
import { endConnectionsOnClose } from './end-connections.ts';
import { answerError } from './error-answer.ts';
import type { DeclaredRoute } from './route.ts';
import { addDescriptionRoutes } from './routes/description.ts';
import { addHookRoutes } from './routes/hooks.ts';
import { addImportRoutes } from './routes/imports.ts';
import { addLedgerRoutes } from './routes/ledger.ts';
import { addLiveRoutes } from './routes/live.ts';
import { addLoadRoutes } from './routes/loads.ts';
import { addQueryRoutes } from './routes/query.ts';
import { addRollupRoutes } from './routes/rollups.ts';
import { addServingRoutes } from './routes/serving.ts';
import { addSourceActionRoutes } from './routes/source-actions.ts';
import { addSourceGroupRoutes } from './routes/source-groups.ts';
import { addSourceRoutes } from './routes/sources.ts';
import { addStorageRoutes } from './routes/storage.ts';
import { ASSETS, addWebRoutes } from './routes/web.ts';
import { addWebinarRoutes } from './routes/webinars.ts';
import { addWorkspaceRoutes } from './routes/workspace.ts';
import type { Services } from './services.ts';

const KILOBYTE = 1024;

/** The HTTP application; `server.ts` listens. */
export async function buildApp(services: Services, log: FastifyBaseLogger): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    bodyLimit: 4096 * KILOBYTE,
    // A slow sender may take its time over a body, never over its headers.
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    routerOptions: { maxParamLength: 12_000 },
    // What still comes over open connections is taken; where the journal has closed its own 503 says when to come again.
    return503OnClosing: false,
    clientErrorHandler(error, socket) {
      // Too long a path or header, or not HTTP at all: answered here because no request exists yet.
      if (!socket.writable) return;
      const body = JSON.stringify({
        error: {
          code: 'invalid_request',
          message:
            'The request line or a header is too long or cannot be read. Send long queries as POST /api/v1/query.',
        },
      });
      socket.end(
        `HTTP/1.1 ${error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request'}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    },
  });
  app.setErrorHandler(answerError);
  endConnectionsOnClose(app);

  const declared: DeclaredRoute[] = [];
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(ASSETS)) route.config = { ...route.config, permission: 'public' };
    if (route.config?.declared !== undefined && route.method !== 'HEAD') declared.push(route.config.declared);
    if (route.config?.permission === undefined && route.method !== 'HEAD')
      throw new Error(`route ${String(route.method)} ${route.url} declares no permission`);
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'x-request-id': request.id,
    });
    if (request.url.startsWith('/hooks/')) return;
    if (!isLoopbackHeader(request.headers.host))
      throw new TurnoutError(
        'forbidden',
        'Open Turnout under http://127.0.0.1 or http://localhost: other names are refused while there is no sign-in.',
      );
    if (request.method !== 'GET' && !isSameOrigin(request.headers.origin, request.headers.host))
      throw new TurnoutError('forbidden', 'This request comes from another site and was refused.');
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });

  addHookRoutes(app, services);
  addQueryRoutes(app, services);
  addWebinarRoutes(app, services);
  addWorkspaceRoutes(app, services);
  addSourceRoutes(app, services);
  addSourceActionRoutes(app, services);
  addSourceGroupRoutes(app, services);
  addLedgerRoutes(app, services);
  addImportRoutes(app, services);
  addLoadRoutes(app, services);
  addStorageRoutes(app, services);
  addLiveRoutes(app, services);
  addServingRoutes(app, services);
  addRollupRoutes(app, services);
  addDescriptionRoutes(app, declared);
  await addWebRoutes(app, services);
  return app;
}
