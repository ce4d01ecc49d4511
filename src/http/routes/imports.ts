import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { fileFormat, rowMapping } from '../../contract/mapping.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

const importId = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{10,40}$/, 'an id as POST /api/v1/imports gives it'),
});
const tableName = z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, 'lower-case letters, digits and _ only');

/** Files that people bring: uploaded, looked at, matched, checked, imported, taken back. */
export function addImportRoutes(app: FastifyInstance, services: Services): void {
  const imports = () => services.current().imports();

  addRoute(app, {
    method: 'GET',
    url: '/api/v1/imports/kinds',
    permission: 'read',
    summary: 'What a row of a file can be, with the fields of each kind.',
    answer: '{kinds: ImportKind[], tables: {name, label}[]}',
    handle: () => imports().kinds(),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/imports',
    permission: 'read',
    summary: 'Files that were uploaded, newest first.',
    answer: '{imports: ImportInfo[]}',
    handle: async () => ({ imports: await imports().list() }),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/imports/:id',
    permission: 'read',
    summary: 'One file: how it is read, how its columns are matched, what was found.',
    params: importId,
    answer: 'ImportInfo',
    handle: ({ params }) => imports().get(params.id),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/imports/:id/format',
    permission: 'admin',
    summary: 'Reads the file in another way.',
    params: importId,
    body: z.strictObject({ format: fileFormat }),
    answer: 'ImportInfo',
    handle: ({ params, body }) => imports().setFormat(params.id, body.format),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/imports/:id/kind',
    permission: 'admin',
    summary: 'Guesses the matching of columns anew for another kind of row.',
    params: importId,
    body: z.strictObject({ record: rowMapping.shape.record }),
    answer: 'ImportInfo',
    handle: ({ params, body }) => imports().setKind(params.id, body.record),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/imports/:id/mapping',
    permission: 'admin',
    summary: 'Matches the columns of the file with our fields.',
    params: importId,
    body: z.strictObject({ mapping: rowMapping }),
    answer: 'ImportInfo',
    handle: ({ params, body }) => imports().setMapping(params.id, body.mapping),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/imports/:id/check',
    permission: 'admin',
    summary: 'Reads the whole file and says what would be counted. Nothing is kept.',
    params: importId,
    body: z.strictObject({}),
    answer: 'ImportInfo',
    handle: ({ params }) => imports().check(params.id),
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/imports/:id/rejected.csv',
    permission: 'read',
    summary: 'The rows that would be or were rejected, with the reason of each.',
    params: importId,
    answer: 'text/csv',
    async handle({ params, reply }) {
      const { name, stream } = await imports().rejected(params.id);
      return reply
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .type('text/csv; charset=utf-8')
        .send(stream);
    },
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/imports/:id/run',
    permission: 'admin',
    summary: 'Imports the file; progress by GET.',
    params: importId,
    body: z.strictObject({
      save_as: z.string().trim().min(1).max(100).optional(),
      table: tableName.optional(),
      dashboard: z.boolean().default(true),
    }),
    answer: 'ImportInfo',
    handle: ({ params, body, principal }) => imports().run(params.id, body, principal.name),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/imports/:id/undo',
    permission: 'admin',
    summary: 'Takes back everything that this file brought.',
    params: importId,
    body: z.strictObject({}),
    answer: 'ImportInfo',
    handle: ({ params, principal }) => imports().undo(params.id, principal.name),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/imports/:id/discard',
    permission: 'admin',
    summary: 'Forgets an uploaded file that was not imported.',
    params: importId,
    body: z.strictObject({}),
    answer: '{discarded}',
    async handle({ params }) {
      await imports().discard(params.id);
      return { discarded: true };
    },
  });

  addUploadRoute(app, services);
}

/** The only route whose body is not JSON: the file as it is, streamed to disk. */
function addUploadRoute(app: FastifyInstance, services: Services): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    addRoute(scope, {
      method: 'POST',
      url: '/api/v1/imports',
      permission: 'admin',
      summary: 'Uploads a file: the body is its bytes.',
      search: z.strictObject({ name: z.string().trim().min(1).max(255) }),
      raw: true,
      answer: 'ImportInfo',
      handle: ({ search, request, principal }) =>
        services.current().imports().upload(search.name, request, principal.name),
    });
  });
}
