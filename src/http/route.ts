import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { isAllowed, LOCAL_OWNER, type Permission, type Principal } from '../access/permissions.ts';
import { type Problem, TurnoutError } from '../contract/errors.ts';

/** What a handler gets: parsed values only, never the raw request. */
export interface RouteInput<Params, Search, Body> {
  params: Params;
  search: Search;
  body: Body;
  principal: Principal;
  /** Aborted when the reader goes away. */
  signal: AbortSignal;
  reply: FastifyReply;
  /** The bytes of a `raw` route, unread. */
  request: IncomingMessage;
}

export interface Route<Params = unknown, Search = unknown, Body = unknown> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  permission: Permission;
  /** One sentence for the API description. */
  summary: string;
  params?: z.ZodType<Params>;
  search?: z.ZodType<Search>;
  body?: z.ZodType<Body>;
  /** The body is bytes that the handler reads itself. */
  raw?: true;
  /** Name of the answer's type in the API description. */
  answer: string;
  handle(input: RouteInput<Params, Search, Body>): unknown;
}

/** A route whose input types do not matter any more: the API description reads the schemas. */
export type DeclaredRoute = Route<never, never, never>;

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: Permission;
    /** The route as declared, for the API description. */
    declared?: DeclaredRoute;
  }
}

const nothing = z.strictObject({});

/** Registers a route: parse, authorise, call, answer. */
export function addRoute<Params, Search, Body>(app: FastifyInstance, route: Route<Params, Search, Body>): void {
  app.route({
    method: route.method,
    url: route.url,
    config: { permission: route.permission, declared: route as unknown as DeclaredRoute },
    async handler(request, reply) {
      checkAllowed(LOCAL_OWNER, route.permission);
      const params = parsePart('path', (route.params ?? nothing) as z.ZodType<Params>, request.params);
      const search = parsePart('query', (route.search ?? nothing) as z.ZodType<Search>, {
        ...(request.query as object),
      });
      const body = route.body === undefined ? (undefined as Body) : parsePart('body', route.body, request.body);
      return route.handle({
        params,
        search,
        body,
        principal: LOCAL_OWNER,
        signal: abortedWith(reply),
        reply,
        request: request.raw,
      });
    },
  });
}

function checkAllowed(principal: Principal, permission: Permission): void {
  if (!isAllowed(principal, permission))
    throw new TurnoutError(
      'forbidden',
      `This needs the permission "${permission}". Ask an administrator of this Turnout for it.`,
    );
}

/** @throws TurnoutError('invalid_request') with every problem at once. */
export function parsePart<T>(part: 'path' | 'query' | 'body', schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 20).map((issue) => asProblem(part, issue));
  throw new TurnoutError(
    'invalid_request',
    `The request cannot be used: ${problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ')}.`,
    problems,
  );
}

function asProblem(part: string, issue: z.core.$ZodIssue): Problem {
  const path = [part, ...issue.path.map((step) => cut(String(step)))].join('.');
  return { code: issue.code, path, message: cut(issue.message) };
}

const cut = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);

function abortedWith(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // Of the answer, not of the socket: that one lives on with the next requests and would gather listeners.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
