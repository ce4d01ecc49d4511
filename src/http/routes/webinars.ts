import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TurnoutError } from '../../contract/errors.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

const params = z.strictObject({ id: z.string().min(1).max(200) });
const page = z.strictObject({
  after: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export function addWebinarRoutes(app: FastifyInstance, services: Services): void {
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/webinars/upcoming',
    permission: 'read',
    summary: 'Webinars that are still to come, against the same lead time of their series, the next first.',
    answer: '{webinars: UpcomingWebinar[]}',
    handle: async ({ signal }) => ({ webinars: await services.current().upcomingWebinars(signal) }),
  });

  addRoute(app, {
    method: 'GET',
    url: '/api/v1/webinars/:id',
    permission: 'read',
    summary: 'One webinar: what it is, its attendance minute by minute, and the others of its series.',
    params,
    answer: 'WebinarDetail',
    async handle({ params: { id }, signal }) {
      const detail = await services.current().webinar(id, signal);
      if (detail === null) throw new TurnoutError('not_found', `There is no webinar "${id}".`);
      return detail;
    },
  });

  addRoute(app, {
    method: 'GET',
    url: '/api/v1/webinars/:id/people',
    permission: 'read',
    summary: 'People of one webinar, masked, those who stayed longest first.',
    params,
    search: page,
    answer: 'WebinarPeople',
    handle: ({ params: { id }, search, signal }) => services.current().webinarPeople(id, search, signal),
  });
}
