import type { FastifyInstance } from 'fastify';
import type { Freshness } from '../../contract/api.ts';
import type { Services } from '../services.ts';

const HEARTBEAT_MS = 15_000;

/** Server-sent events: one `version` event at once, then one whenever the numbers or their state change. */
export function addLiveRoutes(app: FastifyInstance, services: Services): void {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const close of open) close();
  });

  app.route({
    method: 'GET',
    url: '/api/v1/live',
    exposeHeadRoute: false,
    config: { permission: 'read' },
    handler(_request, reply) {
      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const send = (freshness: Freshness) => stream.write(`event: version\ndata: ${JSON.stringify(freshness)}\n\n`);
      const current = services.current();
      send(current.freshness());
      const unsubscribe = current.onFreshness(send);
      const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
      const close = () => {
        open.delete(close);
        clearInterval(heartbeat);
        unsubscribe();
        stream.end();
      };
      open.add(close);
      stream.once('close', close);
    },
  });
}
