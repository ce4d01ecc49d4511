import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { PullHttpRequest } from '../contract/pull.ts';
import { guardedRequest } from './guarded-request.ts';
import { createEgressPolicy } from './policy.ts';
import type { Lookup } from './resolve-target.ts';

/** A real server on loopback for each case; names are looked up by the test. */

const open: (Server | SocketServer)[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(handler: Handler): Promise<number> {
  return listen(createServer(handler));
}

async function listen(server: Server | SocketServer): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const never = new AbortController().signal;

function ask(request: PullHttpRequest, options: { allow?: string[]; lookup?: Lookup; signal?: AbortSignal } = {}) {
  const { allow = ['127.0.0.1'], lookup, signal = never } = options;
  return guardedRequest(request, {
    policy: createEgressPolicy({ allow }),
    signal,
    ...(lookup === undefined ? {} : { lookup }),
  });
}

const to =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address }));

const refused = (kind: 'retry' | 'settings', message: RegExp) =>
  expect.objectContaining({ name: 'PullError', kind, message: expect.stringMatching(message) });

describe('connects to the address that was checked', () => {
  test('Host stays the name, and the name is looked up once', async () => {
    let host: string | undefined;
    const port = await serve((request, response) => {
      host = request.headers.host;
      response.end('{}');
    });
    let lookups = 0;
    const lookup: Lookup = async () => {
      lookups += 1;
      // A name that changes its mind: public while it is checked, the metadata address afterwards.
      return [{ address: lookups === 1 ? '127.0.0.1' : '169.254.169.254' }];
    };
    const answer = await ask({ url: `http://sheets.example.com:${port}/a?b=1` }, { lookup });
    expect(answer.status).toBe(200);
    expect(host).toBe(`sheets.example.com:${port}`);
    expect(lookups).toBe(1);
  });

  test('TLS is told the name', async () => {
    const { promise: hello, resolve } = Promise.withResolvers<string>();
    const port = await listen(
      createSocketServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', (data) => {
          resolve(data.toString('latin1'));
          socket.destroy();
        });
      }),
    );
    const asked = ask({ url: `https://sheets.example.com:${port}/` }, { lookup: to('127.0.0.1') });
    await expect(asked).rejects.toEqual(refused('retry', /broke the connection off/));
    expect(await hello).toContain('sheets.example.com');
  });

  test.each([
    ['a private address', to('10.0.0.1')],
    ['a public and a private one', to('8.8.8.8', '127.0.0.1')],
    ['an address mapped into IPv6', to('::ffff:192.168.1.1')],
    ['the address of credentials', to('169.254.169.254')],
    ['a link-local one with a zone', to('fe80::1%eth0')],
  ])('a name that resolves to %s is refused', async (_, lookup) => {
    await expect(ask({ url: 'https://rebind.example.com/' }, { allow: [], lookup })).rejects.toEqual(
      refused('settings', /rebind\.example\.com|never asked/),
    );
  });

  test('the sentence says what to add', async () => {
    await expect(ask({ url: 'https://db:5432/' }, { allow: [], lookup: to('127.0.0.1') })).rejects.toThrow(
      'The address 127.0.0.1 of "db" is private. If it is meant, add "127.0.0.1:5432" to egress.allow in turnout.yaml.',
    );
  });

  test('a public name without TLS is refused', async () => {
    await expect(
      ask({ url: 'http://example.com:443/' }, { allow: ['10.0.0.1'], lookup: to('8.8.8.8') }),
    ).rejects.toEqual(refused('settings', /without TLS/));
  });

  test('an unknown name may be known later', async () => {
    const lookup: Lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    await expect(ask({ url: 'https://nowhere.example.com/' }, { lookup })).rejects.toEqual(
      refused('retry', /There is no host/),
    );
  });
});

describe('redirects', () => {
  const leading = (location: string, status = 302): Promise<number> =>
    serve((request, response) => {
      if (request.url === '/end') response.end(JSON.stringify(request.headers));
      else response.writeHead(status, { location }).end();
    });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', /never asked/],
    ['http://[::ffff:169.254.169.254]/', /never asked/],
    ['http://10.0.0.1/', /private/],
    ['https://localhost.example.com:22/', /Port 22|private|lookup|looked up|no host/],
    ['https://user:word@example.com/', /before @/],
    ['file:///etc/passwd', /https:/],
    ['http://metadata.google.internal/', /never asked/],
  ])('to %s are refused although the source would follow anywhere', async (location, message) => {
    const port = await leading(location);
    const url = `http://127.0.0.1:${port}/`;
    const redirectHosts = ['169.254.169.254', '[::ffff:a9fe:a9fe]', '10.0.0.1', '*.example.com', '*.internal', ''];
    await expect(ask({ url, redirectHosts }, { allow: [`127.0.0.1:${port}`] })).rejects.toEqual(
      refused('settings', message),
    );
  });

  test('to a name that resolves to a private address are refused', async () => {
    const port = await leading('https://inside.example.com/');
    const lookup = to('192.168.0.7');
    const asked = ask(
      { url: `http://127.0.0.1:${port}/`, redirectHosts: ['*.example.com'] },
      { allow: [`127.0.0.1:${port}`], lookup },
    );
    await expect(asked).rejects.toEqual(refused('settings', /192\.168\.0\.7 of "inside\.example\.com"/));
  });

  test('to a host that the source does not name are answered, not followed', async () => {
    const port = await leading('https://accounts.example.com/login');
    const answer = await ask({ url: `http://127.0.0.1:${port}/` });
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('https://accounts.example.com/login');
  });

  test('are followed to hosts that the source names; what could be a credential is left behind', async () => {
    const end = await serve((request, response) => response.end(JSON.stringify(request.headers)));
    const port = await leading(`http://files.example.com:${end}/end`, 307);
    const answer = await ask(
      {
        url: `http://127.0.0.1:${port}/`,
        redirectHosts: ['*.example.com'],
        headers: { Authorization: 'Bearer x', Cookie: 'a=b', 'X-Api-Key': 'k', Accept: 'text/csv' },
      },
      { lookup: to('127.0.0.1') },
    );
    const seen = JSON.parse(answer.body.toString()) as Record<string, string>;
    expect(seen['accept']).toBe('text/csv');
    expect(Object.keys(seen)).not.toContain('authorization');
    expect(Object.keys(seen)).not.toContain('cookie');
    expect(Object.keys(seen)).not.toContain('x-api-key');
  });

  test('within the host keep what was sent', async () => {
    const port = await leading('/end');
    const url = `http://127.0.0.1:${port}/`;
    const answer = await ask({ url, redirectHosts: ['127.0.0.1'], headers: { authorization: 'Bearer x' } });
    expect((JSON.parse(answer.body.toString()) as Record<string, string>)['authorization']).toBe('Bearer x');
  });

  test('without end are given up', async () => {
    let hops = 0;
    const port = await serve((_, response) => {
      hops += 1;
      response.writeHead(302, { location: `/${hops}` }).end();
    });
    await expect(ask({ url: `http://127.0.0.1:${port}/`, redirectHosts: ['127.0.0.1'] })).rejects.toEqual(
      refused('retry', /without end/),
    );
    expect(hops).toBe(6);
  });

  test('of what was sent to another host are refused', async () => {
    const port = await leading('https://elsewhere.example.com/', 307);
    const url = `http://127.0.0.1:${port}/`;
    await expect(ask({ url, method: 'POST', body: 'secret', redirectHosts: ['*.example.com'] })).rejects.toEqual(
      refused('settings', /not sent/),
    );
  });
});

describe('answers that are not whole', () => {
  test('hang before the headers', async () => {
    const port = await serve(() => {});
    await expect(ask({ url: `http://127.0.0.1:${port}/`, timeoutMs: 60 })).rejects.toEqual(
      refused('retry', /does not answer \(waited 60 ms\)/),
    );
  });

  test('hang in the middle of the body', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"rows":[');
    });
    await expect(ask({ url: `http://127.0.0.1:${port}/`, timeoutMs: 1000 })).rejects.toEqual(
      refused('retry', /stopped in the middle/),
    );
  });

  test('trickle for longer than the whole may take', async () => {
    const port = await serve((_, response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    });
    await expect(ask({ url: `http://127.0.0.1:${port}/`, timeoutMs: 500 })).rejects.toEqual(
      refused('retry', /too slow/),
    );
  });

  test('end before their length', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"rows":[', () => response.destroy());
    });
    await expect(ask({ url: `http://127.0.0.1:${port}/` })).rejects.toEqual(refused('retry', /broke/));
  });

  test('end in the middle of a chunked body', async () => {
    const port = await serve((_, response) => {
      response.write('{"rows":[', () => response.destroy());
    });
    await expect(ask({ url: `http://127.0.0.1:${port}/` })).rejects.toEqual(refused('retry', /broke/));
  });

  test('end in the middle of what is packed', async () => {
    const packed = gzipSync('x'.repeat(10_000));
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length - 9));
    });
    await expect(ask({ url: `http://127.0.0.1:${port}/` })).rejects.toEqual(refused('retry', /unpacked|broke/));
  });

  test('break off before the headers', async () => {
    const port = await serve((request) => request.socket.destroy());
    await expect(ask({ url: `http://127.0.0.1:${port}/` })).rejects.toEqual(
      refused('retry', /broke the connection off/),
    );
  });

  test('are no TLS', async () => {
    const port = await serve((_, response) => response.end());
    await expect(ask({ url: `https://127.0.0.1:${port}/` })).rejects.toEqual(refused('retry', /TLS|broke/));
  });

  test('are no HTTP', async () => {
    const port = await listen(createSocketServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')));
    await expect(ask({ url: `http://127.0.0.1:${port}/` })).rejects.toEqual(refused('retry', /not HTTP/));
  });

  test('are refused at the door', async () => {
    const port = await serve(() => {});
    for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
    await expect(ask({ url: `http://127.0.0.1:${port}/` })).rejects.toEqual(refused('retry', /refuses connections/));
  });
});

describe('size', () => {
  const url = (port: number) => `http://127.0.0.1:${port}/`;

  test('a length beyond the limit is not read', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write('x');
    });
    await expect(ask({ url: url(port), maxBytes: 1000 })).rejects.toEqual(refused('settings', /more than 1000 bytes/));
  });

  test('a body without a length is cut off', async () => {
    const port = await serve((_, response) => {
      const send = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', send).on('error', () => {});
      send();
    });
    await expect(ask({ url: url(port), maxBytes: 1024 * 1024 })).rejects.toEqual(refused('settings', /more than 1 MB/));
  });

  test('a small packed body that is large unpacked is cut off', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(50_000);
    const port = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await expect(ask({ url: url(port), maxBytes: 1024 * 1024 })).rejects.toEqual(refused('settings', /more than 1 MB/));
  });

  test('a packed body is unpacked', async () => {
    const port = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
    });
    expect((await ask({ url: url(port) })).body.toString()).toBe('{"a":1}');
  });
});

test('a run that is stopped ends its request', async () => {
  const stop = new AbortController();
  const port = await serve(() => stop.abort());
  await expect(ask({ url: `http://127.0.0.1:${port}/` }, { signal: stop.signal })).rejects.toEqual(
    refused('retry', /stopped/),
  );
});

test('a line break in a key is told as such', async () => {
  const port = await serve((_, response) => response.end());
  const asked = ask({ url: `http://127.0.0.1:${port}/`, headers: { authorization: 'Bearer a\nb' } });
  await expect(asked).rejects.toEqual(refused('retry', /line break/));
});

test('what is sent arrives', async () => {
  const port = await serve(async (request, response) => {
    const body = (await request.toArray()).join('');
    response.end(`${request.method} ${request.url} ${body}`);
  });
  const answer = await ask({ url: `http://127.0.0.1:${port}/token?x=1`, method: 'POST', body: 'grant=1' });
  expect(answer.body.toString()).toBe('POST /token?x=1 grant=1');
});
