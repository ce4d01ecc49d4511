import type { FastifyInstance } from 'fastify';
import type { Freshness } from '../../contract/api.ts';
import type { Services } from '../services.ts';

const HEARTBEAT_MS = 15_000;
/** Bytes that a reader may be behind before it is let go; it connects again when it reads again. */
const MAX_BEHIND_BYTES = 256 * 1024;

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
      const write = (text: string) => {
        if (stream.writableLength > MAX_BEHIND_BYTES) stream.destroy();
        else stream.write(text);
      };
      const send = (freshness: Freshness) => write(`event: version\ndata: ${JSON.stringify(freshness)}\n\n`);
      const current = services.current();
      send(current.freshness());
      const unsubscribe = current.onFreshness(send);
      const heartbeat = setInterval(() => {
        // After the sample was removed this would tell of the old workspace for ever: the page connects again.
        if (services.current() !== current) close();
        else write(': still here\n\n');
      }, HEARTBEAT_MS);
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
