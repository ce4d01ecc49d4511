import type { ServerResponse } from 'node:http';

/** What an answer does wrong on its way, whatever service it is of. */
export type TransportFault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  | { kind: 'hang' }
  | { kind: 'hang_in_body' }
  | { kind: 'truncate' }
  | { kind: 'half_json' }
  | { kind: 'html' }
  | { kind: 'reset' };

const KINDS: ReadonlySet<string> = new Set([
  'status',
  'hang',
  'hang_in_body',
  'truncate',
  'half_json',
  'html',
  'reset',
] satisfies TransportFault['kind'][]);

export function isTransportFault(fault: { kind: string } | null): fault is TransportFault {
  return fault !== null && KINDS.has(fault.kind);
}

/** Answers wrongly; `body` is what would have been right. */
export function answerWithFault(response: ServerResponse, fault: TransportFault, body: string): void {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'reset':
      response.destroy();
      return;
    case 'status':
      response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html>Sign in</html>');
      return;
    case 'half_json':
      response.writeHead(200, { 'content-type': 'application/json' }).end(body.slice(0, body.length / 2));
      return;
    case 'hang_in_body':
    case 'truncate':
      response.writeHead(200, { 'content-length': String(Buffer.byteLength(body)) });
      response.write(body.slice(0, body.length / 2), () => {
        if (fault.kind === 'truncate') response.destroy();
      });
      return;
  }
}
