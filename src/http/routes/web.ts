import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { TurnoutError } from '../../contract/errors.ts';
import type { Services } from '../services.ts';

/** Where the built files with hashed names are; anyone may have them. */
export const ASSETS = '/assets/';

/** The page: one HTML file for every address of the app, its assets with long caching. */
export async function addWebRoutes(app: FastifyInstance, services: Services): Promise<void> {
  const html = await readFile(join(services.webFolder, 'index.html'), 'utf8');

  await app.register(staticFiles, {
    root: join(services.webFolder, 'assets'),
    prefix: ASSETS,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    decorateReply: false,
  });

  app.setNotFoundHandler(async (request, reply) => {
    if (request.method !== 'GET' || /^\/(api|hooks|schema|assets)\//.test(request.url))
      throw new TurnoutError('not_found', 'There is nothing at this address.');
    const nonce = randomBytes(16).toString('base64');
    reply
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(html.replaceAll('%NONCE%', nonce));
    return reply;
  });
}

/** Inline styles stay allowed: the component library and chart positions set them; scripts never are. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
