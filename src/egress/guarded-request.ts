import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { PullError, type PullHttpAnswer, type PullHttpRequest } from '../contract/pull.ts';
import { checkUrl, type EgressPolicy, plainSentence, portOf } from './policy.ts';
import { describeFailure } from './request-failure.ts';
import { type Lookup, resolveTarget, type Target } from './resolve-target.ts';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** What a request keeps when it is led to another host: nothing that could be a credential. */
const HARMLESS_HEADERS: readonly string[] = ['accept', 'accept-language'];

export interface GuardOptions {
  policy: EgressPolicy;
  /** Ends the request with `PullError('retry')`. */
  signal: AbortSignal;
  /** Names → addresses; the system's where absent. */
  lookup?: Lookup;
}

/**
 * One request, without retries. The host is looked up once, every address of it is checked and the checked one is connected
 * to; each redirect is checked again and followed only to `redirectHosts` (any other is answered as it is). Nothing is read
 * from proxy variables. The answer is whole and at most `maxBytes` long, unpacked too. Throws `PullError` and nothing else.
 */
export async function guardedRequest(request: PullHttpRequest, options: GuardOptions): Promise<PullHttpAnswer> {
  let hop: PullHttpRequest = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await requestHop(hop, options);
    const next = nextHop(hop, answer, options.policy);
    if (next === undefined) return answer;
    hop = next;
  }
  throw new PullError('retry', `"${hostOf(request.url)}" leads from one address to the next without end.`);
}

async function requestHop(request: PullHttpRequest, { policy, signal, lookup }: GuardOptions): Promise<PullHttpAnswer> {
  const refused = checkUrl(request.url, policy);
  if (refused !== undefined) throw new PullError('settings', refused);
  const url = new URL(request.url);
  if (signal.aborted) throw stopped();
  const target = await resolveTarget(url.hostname, portOf(url), policy, lookup);
  if (url.protocol === 'http:' && !target.listed)
    throw new PullError('settings', plainSentence(target.host, target.port));
  const clock = openClock(request.timeoutMs ?? TIMEOUT_MS);
  try {
    const response = await openResponse(url, request, target, AbortSignal.any([signal, clock.signal]));
    clock.bodyBegins();
    const body = await readBody(response, request.maxBytes ?? MAX_BYTES, target.host, clock.alive);
    return { status: response.statusCode ?? 0, headers: flatHeaders(response), body };
  } catch (error) {
    if (error instanceof PullError) throw error;
    if (signal.aborted) throw stopped();
    throw new PullError('retry', clock.sentence(target.host) ?? describeFailure(target, error));
  } finally {
    clock.stop();
  }
}

function openResponse(
  url: URL,
  request: PullHttpRequest,
  target: Target,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const secure = url.protocol === 'https:';
  const outgoing = (secure ? tlsRequest : plainRequest)({
    host: target.address,
    family: target.family,
    port: target.port,
    path: `${url.pathname}${url.search}`,
    method: request.method ?? 'GET',
    headers: { 'user-agent': 'Turnout', ...lowerCase(request.headers), 'accept-encoding': 'gzip', host: url.host },
    // An agent of its own: the global one may be told to use a proxy.
    agent: false,
    signal,
  });
  outgoing.once('response', resolve);
  // After the answer has begun, its own stream tells of failures.
  outgoing.on('error', reject);
  outgoing.end(request.body);
  return promise;
}

async function readBody(response: IncomingMessage, maxBytes: number, host: string, alive: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      length += chunk.length;
      if (length > maxBytes) throw new PullError('settings', tooLong(host, maxBytes));
      chunks.push(chunk);
    }
  };
  response.on('data', alive);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
    response.destroy();
    throw new PullError('settings', tooLong(host, maxBytes));
  }
  if (encoding === 'gzip') await pipeline(response, createGunzip(), collect);
  else if (encoding === 'identity') await pipeline(response, collect);
  else {
    response.destroy();
    throw new PullError('retry', `"${host}" packs its answer with ${encoding}, which was not asked for.`);
  }
  if (!response.complete) throw new PullError('retry', `"${host}" broke off in the middle of its answer.`);
  return Buffer.concat(chunks);
}

/** Where the answer leads, if it may be followed. Throws for a redirect to what no source may ask. */
function nextHop(request: PullHttpRequest, answer: PullHttpAnswer, policy: EgressPolicy): PullHttpRequest | undefined {
  const location = answer.headers['location'];
  if (!REDIRECTS.includes(answer.status) || location === undefined) return undefined;
  const from = new URL(request.url);
  const to = URL.parse(location, from.href);
  const lead = `"${from.hostname}" leads to another address`;
  if (to === null) throw new PullError('settings', `${lead} that cannot be read.`);
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    throw new PullError('settings', `${lead} that is not asked by TLS: ${to.protocol}//${to.host}.`);
  const refused = checkUrl(to.href, policy);
  if (refused !== undefined) throw new PullError('settings', `${lead}. ${refused}`);
  if (!(request.redirectHosts ?? []).some((pattern) => matchesHost(to.hostname, pattern))) return undefined;
  const method = request.method ?? 'GET';
  const becomesGet = answer.status === 303 || (method === 'POST' && (answer.status === 301 || answer.status === 302));
  const { body, headers = {}, ...rest } = request;
  if (to.origin !== from.origin && body !== undefined && !becomesGet)
    throw new PullError('settings', `${lead} that wants to be sent the same again. It is not sent.`);
  return {
    ...rest,
    url: to.href,
    method: becomesGet ? 'GET' : method,
    headers: to.origin === from.origin ? headers : harmless(headers),
    ...(body === undefined || becomesGet ? {} : { body }),
  };
}

/** Exact, or `*.example.com` for every name below it. */
function matchesHost(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function harmless(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(lowerCase(headers)).filter(([name]) => HARMLESS_HEADERS.includes(name)));
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function flatHeaders(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Watches over one request: so long until it answers, so long without a byte, and never more than four times as long in all. */
function openClock(timeoutMs: number) {
  const controller = new AbortController();
  let sentence: ((host: string) => string) | undefined;
  const expire = (say: (host: string) => string) => () => {
    sentence = say;
    controller.abort();
  };
  const hung = expire((host) => `"${host}" stopped in the middle of its answer.`);
  let timer = setTimeout(
    expire((host) => `"${host}" does not answer (waited ${seconds(timeoutMs)}).`),
    timeoutMs,
  );
  const whole = setTimeout(
    expire((host) => `"${host}" is too slow: its answer was not complete after ${seconds(4 * timeoutMs)}.`),
    4 * timeoutMs,
  );
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(hung, timeoutMs);
  };
  return {
    signal: controller.signal,
    bodyBegins: alive,
    alive,
    sentence: (host: string) => sentence?.(host),
    stop() {
      clearTimeout(timer);
      clearTimeout(whole);
    },
  };
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${Math.round(milliseconds / 1000)} s`;
}

function tooLong(host: string, maxBytes: number): string {
  const limit = maxBytes >= 1024 * 1024 ? `${Math.floor(maxBytes / (1024 * 1024))} MB` : `${maxBytes} bytes`;
  return `"${host}" answers with more than ${limit}. Ask it for less at once.`;
}

function stopped(): PullError {
  return new PullError('retry', 'The run was stopped.');
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? url.slice(0, 200);
}
