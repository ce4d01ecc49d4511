import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { sourceName } from '../../contract/source.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

const id = z.string().regex(/^\d{1,15}\.\d{1,9}$/, 'an id such as 1204.0, as the quarantine lists it');
const rule = z.enum(['unknown_source', 'unreadable', 'invalid', 'conflict', 'poison']);
const day = z.iso.date();

/** Where every received record went: counted, duplicate, quarantined, and who was recognised. */
export function addLedgerRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/ledger',
    permission: 'read',
    summary: 'Per source and local day of receipt: received = counted + duplicate + quarantined + expired + erased.',
    answer: 'LedgerRow[]',
    handle: () => services.current().ledger(),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/quarantine',
    permission: 'read',
    summary: 'What was received but could not be counted, newest first.',
    search: z.strictObject({
      source: sourceName.optional(),
      day: day.optional(),
      rule: rule.optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
      before: id.optional(),
    }),
    answer: 'QuarantinePage',
    handle: ({ search }) => services.current().quarantine(search),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/quarantine/replay',
    permission: 'admin',
    summary: 'Tries quarantined records again, as they came or as a person has mended them (`record`).',
    body: z.union([
      z.strictObject({
        items: z
          .array(z.strictObject({ id, record: z.unknown().optional() }))
          .min(1)
          .max(1_000),
      }),
      z.strictObject({ source: sourceName, rule: rule.optional(), day: day.optional() }),
    ]),
    answer: '{replayed}',
    handle: async ({ body, principal }) => ({ replayed: await services.current().replay(body, principal.name) }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/identity',
    permission: 'read',
    summary: 'How well people of different sources are recognised as one.',
    answer: 'IdentityReport',
    handle: () => services.current().identity(),
  });
}
