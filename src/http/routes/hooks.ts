import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ERROR_STATUS, TurnoutError } from '../../contract/errors.ts';
import { HookBodyReader } from '../hook-body.ts';
import type { Services } from '../services.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a hook: the header as it was sent. */
    sentContentType: string | undefined;
  }
}

/** Room for the largest body a service documents (3 MB) and then some. */
const HOOK_BODY_LIMIT = 8 * 1024 * 1024;
const HELD_BODIES_LIMIT = 128 * 1024 * 1024;

/** `/hooks/:source`: raw bytes in, an answer as soon as they are safe. Nothing is parsed here. */
export function addHookRoutes(app: FastifyInstance, services: Services): void {
  const bodies = new HookBodyReader({ bodyBytes: HOOK_BODY_LIMIT, heldBytes: HELD_BODIES_LIMIT });
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request: FastifyRequest) => bodies.read(request.raw));
    scope.decorateRequest('sentContentType', undefined);
    scope.addHook('onRequest', async (request) => {
      // Whatever a sender calls its body, it is bytes: the framework would answer 415 to a type it cannot read.
      request.sentContentType = request.raw.headers['content-type'];
      if (request.sentContentType !== undefined) request.raw.headers['content-type'] = 'application/octet-stream';
    });
    scope.route({
      method: ['GET', 'POST'],
      url: '/hooks/:source',
      exposeHeadRoute: false,
      config: { permission: 'hook' },
      async handler(request, reply) {
        const source = (request.params as { source: string }).source;
        const answer = await services.current().receive(source, {
          method: request.method === 'GET' ? 'GET' : 'POST',
          target: request.url,
          headers: flatHeaders(request),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        });
        if (answer === null)
          throw new TurnoutError(
            'not_found',
            'There is no source of this name. See Sources for the addresses to paste.',
          );
        return reply.status(answer.status).headers(answer.headers).send(answer.body);
      },
    });
    scope.setErrorHandler((error, request, reply) => {
      // A sender that gets 4xx may stop for good, so only what is truly its mistake is told so.
      const known = error instanceof TurnoutError ? ERROR_STATUS[error.code] : undefined;
      const status = known ?? (error as { statusCode?: number }).statusCode ?? 503;
      if (status >= 500 && !(error instanceof TurnoutError)) request.log.error({ err: error }, 'intake failed');
      if (status >= 500) reply.header('retry-after', '5');
      reply
        .status(status >= 500 ? 503 : status)
        .type('text/plain')
        .send(error instanceof TurnoutError ? error.message : '');
    });
  });
}

function flatHeaders(request: FastifyRequest): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    flat[name] = Array.isArray(value) ? value.join(', ') : value;
  if (request.sentContentType !== undefined) flat['content-type'] = request.sentContentType;
  return flat;
}
