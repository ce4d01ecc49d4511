import type { Target } from './resolve-target.ts';

/** What went wrong on the way to a service, as a sentence. */
export function describeFailure(target: Target, error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const host = `"${target.host}"`;
  const known = SENTENCES[code];
  if (known !== undefined) return known(host, target.port);
  if (isCertificateFault(code)) return `The certificate of ${host} is not accepted (${code}).`;
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return `${host} does not speak TLS on port ${target.port}.`;
  if (code.startsWith('HPE_')) return `${host} sends something that is not HTTP.`;
  if (code.startsWith('Z_')) return `The packed answer of ${host} cannot be unpacked.`;
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_UNESCAPED_CHARACTERS')
    return `The request to ${host} holds a character that HTTP does not carry, such as a line break in a key.`;
  return `The request to ${host} failed${code === '' ? '' : ` (${code})`}.`;
}

const reset = (host: string) => `${host} broke the connection off.`;
const unreachable = (host: string) => `${host} cannot be reached from here.`;
const slow = (host: string) => `${host} does not answer.`;

const SENTENCES: Readonly<Record<string, (host: string, port: number) => string>> = {
  ECONNREFUSED: (host, port) => `${host} refuses connections on port ${port}.`,
  ECONNRESET: reset,
  ECONNABORTED: reset,
  EPIPE: reset,
  ERR_STREAM_PREMATURE_CLOSE: (host) => `${host} broke off in the middle of its answer.`,
  ETIMEDOUT: slow,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  HPE_HEADER_OVERFLOW: (host) => `The headers of ${host} are too long.`,
};

function isCertificateFault(code: string): boolean {
  return (
    /^(CERT_|DEPTH_ZERO_|UNABLE_TO_|SELF_SIGNED_|ERR_TLS_CERT)/.test(code) ||
    code === 'HOSTNAME_MISMATCH' ||
    code === 'INVALID_CA'
  );
}
