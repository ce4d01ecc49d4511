import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TABLE_COLUMN_TYPES } from '../../contract/facts.ts';
import { sourceDeclaration, sourceName } from '../../contract/source.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

export const namedSource = z.strictObject({ name: sourceName });
const numbered = z.strictObject({ id: z.coerce.number().int().min(1) });
const nothing = z.strictObject({});
const instant = z.iso.datetime({ offset: true });

/** What a person can do with sources: read now, stop, pause, read again, try, declare. */
export function addSourceActionRoutes(app: FastifyInstance, services: Services): void {
  const sources = () => services.current().sourceActions;

  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/sync',
    permission: 'admin',
    summary: 'Starts a run now. 409 while one is under way.',
    params: namedSource,
    body: nothing,
    answer: '{run}',
    handle: async ({ params, principal }) => ({ run: await sources().syncNow(params.name, principal.name) }),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/stop',
    permission: 'admin',
    summary: 'Stops the run that is under way; what was read is kept.',
    params: namedSource,
    body: nothing,
    answer: '{stopped}',
    handle: async ({ params, principal }) => ({ stopped: await sources().stop(params.name, principal.name) }),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/pause',
    permission: 'admin',
    summary: 'Stops the schedule of a source, or lets it go on.',
    params: namedSource,
    body: z.strictObject({ paused: z.boolean() }),
    answer: '{paused}',
    async handle({ params, body, principal }) {
      await sources().pause(params.name, body.paused, principal.name);
      return { paused: body.paused };
    },
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/full-refresh',
    permission: 'admin',
    summary: 'Reads everything anew; what is not there any more is deleted.',
    params: namedSource,
    body: nothing,
    answer: '{run}',
    handle: async ({ params, principal }) => ({ run: await sources().fullRefresh(params.name, principal.name) }),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/backfill',
    permission: 'admin',
    summary: 'Reads a range of time again; with `dry_run` only counts its rows.',
    params: namedSource,
    body: z
      .strictObject({
        stream: z.string().max(200).optional(),
        from: instant,
        to: instant,
        dry_run: z.boolean().default(false),
      })
      .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { message: '`from` must lie before `to`' }),
    answer: '{rows} | {run}',
    async handle({ params, body, principal }) {
      const { dry_run: dryRun, ...range } = body;
      return dryRun
        ? { rows: await sources().countBackfill(params.name, range) }
        : { run: await sources().backfill(params.name, range, principal.name) };
    },
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/test',
    permission: 'admin',
    summary: 'Connects and looks at every stream. Nothing is kept.',
    params: namedSource,
    body: nothing,
    answer: '{streams: StreamReport[]}',
    handle: async ({ params }) => ({ streams: await sources().test(params.name) }),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/changes/:id/acknowledge',
    permission: 'admin',
    summary: 'Takes note of a change of the service’s columns.',
    params: z.strictObject({ ...namedSource.shape, ...numbered.shape }),
    body: nothing,
    answer: '{acknowledged}',
    async handle({ params }) {
      await sources().acknowledgeChange(params.name, params.id);
      return { acknowledged: true };
    },
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name/tables',
    permission: 'admin',
    summary: 'Declares the table that the rows of a stream go into: table, dataset and dashboard as files.',
    params: namedSource,
    body: z.strictObject({
      stream: z.string().min(1).max(200),
      columns: z
        .array(z.strictObject({ name: z.string().min(1).max(200), type: z.enum(TABLE_COLUMN_TYPES) }))
        .min(1)
        .max(500),
    }),
    answer: '{dashboard, files}',
    handle: ({ params, body, principal }) => sources().declareTable(params.name, body, principal.name),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/batches/:id/undo',
    permission: 'admin',
    summary: 'Takes back everything that one import brought.',
    params: numbered,
    body: nothing,
    answer: '{undone}',
    async handle({ params, principal }) {
      await sources().undoBatch(params.id, principal.name);
      return { undone: true };
    },
  });

  const declaration = z.strictObject({ declaration: sourceDeclaration });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources',
    permission: 'admin',
    summary: 'Declares a new source: writes `sources/<name>.yaml`; secrets go into a file of their own.',
    body: declaration,
    answer: '{name, file}',
    handle: ({ body, principal }) => sources().create(body.declaration, principal.name),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/test',
    permission: 'admin',
    summary: 'Tries a source that is not saved yet.',
    body: declaration,
    answer: '{streams: StreamReport[]}',
    handle: async ({ body }) => ({ streams: await sources().testDeclaration(body.declaration) }),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/sources/:name',
    permission: 'admin',
    summary: 'Changes the declaration of a source. Secrets that are left masked stay as they are.',
    params: namedSource,
    body: declaration,
    answer: '{name, file}',
    handle: ({ params, body, principal }) => sources().update(params.name, body.declaration, principal.name),
  });
}
