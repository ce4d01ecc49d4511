import { TurnoutError } from '../contract/errors.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/**
 * Turnout has no sign-in yet, so whoever reaches the port sees everything.
 * @throws TurnoutError('forbidden') unless `host` is a loopback address.
 */
export function checkListenHost(host: string): void {
  if (LOOPBACK.test(host)) return;
  throw new TurnoutError(
    'forbidden',
    `HOST=${host} would show every number to whoever reaches this port, because this version has no sign-in yet. ` +
      'Leave HOST unset (127.0.0.1) and put a tunnel or a reverse proxy with its own sign-in in front; only /hooks/ needs to be reachable from outside.',
  );
}

/** False for a page request whose Host header is not this machine: a name that was rebound to 127.0.0.1 must not read data. */
export function isLoopbackHeader(host: string | undefined): boolean {
  if (host === undefined) return false;
  return LOOPBACK.test(host.replace(/:\d+$/, ''));
}

/** False where a browser says that the request comes from another site. */
export function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === host;
}
