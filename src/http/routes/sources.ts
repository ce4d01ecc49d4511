import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

export function addSourceRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/sources',
    permission: 'read',
    summary: 'Every source with its state and what arrived lately.',
    answer: '{sources: SourceInfo[]}',
    handle: async () => ({ sources: await services.current().sources() }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/unpriced',
    permission: 'read',
    summary: 'Billable messages for which neither the provider nor the rate card has a price: they count as 0.',
    answer: '{messages}',
    handle: async () => ({ messages: await services.current().unpriced() }),
  });
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
    search: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
    answer: '{items: QuarantineItem[]}',
    handle: async ({ search }) => ({ items: await services.current().quarantine(search.limit) }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/freshness',
    permission: 'read',
    summary: 'How current the numbers are.',
    answer: 'Freshness',
    handle: () => services.current().freshness(),
  });
}
