import type { ChallengeAnswer, HookRequest, PushConnector } from '../contract/connector.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { Journal } from '../journal/entry.ts';
import type { IntakeCounters } from './counters.ts';

/** A declared push source, its settings checked by its connector. */
export interface IntakeSource {
  name: string;
  connector: PushConnector;
  settings: unknown;
}

export interface IntakeAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface IntakeDeps {
  journal: Pick<Journal, 'append'>;
  /** UTC milliseconds. */
  now: () => number;
  counters: IntakeCounters;
}

/** Twilio gives up after 15 s, so it must come again well before. */
const RETRY_AFTER_SECONDS = '2';

/**
 * Answers one request to a hook: 200 once its bytes are durable, 403 for a forged one, 503 where it cannot be made durable, 405 for a
 * GET that the service does not use, and what the connector says to one that only verifies the address. Nothing is parsed: a body that nobody can read is the projector's to quarantine.
 * Rejects with `TurnoutError('too_large')` for a body larger than an entry may be.
 */
export async function receive(request: HookRequest, source: IntakeSource, deps: IntakeDeps): Promise<IntakeAnswer> {
  if (request.method === 'GET') return answerChallenge(request, source);
  const { connector, settings, name } = source;
  const receivedAt = deps.now();
  const verdict = connector.verify(request, settings, receivedAt);
  if (!verdict.ok) {
    deps.counters.refused(name, receivedAt, verdict.reason);
    return empty(403);
  }
  const answer = connector.answer?.(request, settings);
  if (answer !== undefined) return answerOf(answer);
  try {
    await deps.journal.append({
      source: name,
      receivedAt,
      target: request.target,
      headers: keptHeaders(request.headers, connector.keepHeaders),
      body: request.body,
    });
  } catch (error) {
    if (!(error instanceof TurnoutError) || error.code !== 'unavailable') throw error;
    deps.counters.unavailable(name);
    return { ...empty(503), headers: { 'retry-after': RETRY_AFTER_SECONDS } };
  }
  deps.counters.accepted(name, receivedAt);
  return empty(200);
}

function answerChallenge(request: HookRequest, source: IntakeSource): IntakeAnswer {
  const answer = source.connector.challenge?.(request, source.settings);
  if (answer === undefined) return { ...empty(405), headers: { allow: 'POST' } };
  return answerOf(answer);
}

function answerOf({ status, contentType, body }: ChallengeAnswer): IntakeAnswer {
  return { status, headers: { 'content-type': contentType }, body };
}

function keptHeaders(headers: Record<string, string | undefined>, names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['content-type', ...names]) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function empty(status: number): IntakeAnswer {
  return { status, headers: {}, body: '' };
}
