import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/server.ts';

/** Every route and every field of it, given what it does not expect: 400 with a sentence, never 500 (RELIABILITY S1). */

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(async () => {
  await server.stop();
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const METRIC_QUERY = {
  metrics: ['charges'],
  dimensions: ['channel', { name: 'time', grain: 'day' }],
  time: { range: ['2024-01-01', '2024-02-01'], grain: 'day' },
  filters: [{ dimension: 'channel', op: 'in', values: ['sms'] }],
  compare: { range: ['2023-01-01', '2023-02-01'] },
  match_weekday: true,
  timezone: 'Asia/Jakarta',
  order_by: ['-charges'],
  limit: 10,
  totals: true,
  per: 'day',
} satisfies Json;
const FUNNEL_QUERY = {
  funnel: 'invitation',
  dimensions: ['region'],
  time: { range: '28d' },
  filters: [],
  compare: 'previous_period',
} satisfies Json;

const PIVOT_QUERY = {
  metrics: ['charges'],
  dimensions: ['channel', 'category'],
  time: { range: ['2024-01-01', '2024-02-01'] },
  grouping_sets: [['channel', 'category'], ['channel'], []],
  parameters: { short_visit: 5 },
  matured: true,
} satisfies Json;
const MARKED_QUERY = {
  metrics: ['charges'],
  dimensions: ['campaign', 'channel'],
  time: { range: ['2024-01-01', '2024-02-01'] },
  marks: { metrics: ['charges'], within: 'channel' },
} satisfies Json;
const CHANGE_QUERY = {
  change: 'delivery_rate',
  dimensions: ['channel', 'category'],
  time: { range: ['2024-01-01', '2024-02-01'] },
  compare: 'previous_period',
  limit: 5,
} satisfies Json;
const RULES = {
  rules: [{ group: 'Stands', when: [{ field: 'source', is: 'trade-fair' }] }],
} satisfies Json;
const IDENTITY = {
  rules: {
    version: 1,
    match: ['email', 'phone'],
    email: { plus_tags: 'keep', dots: 'ignore' },
    exclude: { emails: ['staff@example.com'], domains: ['example.com'] },
  },
} satisfies Json;

const DECLARATION = {
  name: 'crm',
  connector: 'postgres',
  settings: { url: 'postgres://reader@127.0.0.1:1/crm', streams: [] },
  defaults: { country: 'ID' },
  schedule: '0 6 * * *',
  expect: { by: '06:30', max_age: '26h' },
  budget: { rows: 10 },
} satisfies Json;

/** A valid body of each route that takes one, POST unless it says PUT. A new route must be added here: a test below checks that. */
const BODIES: Record<string, Json[]> = {
  '/api/v1/query': [
    METRIC_QUERY,
    FUNNEL_QUERY,
    PIVOT_QUERY,
    MARKED_QUERY,
    CHANGE_QUERY,
    { queries: [METRIC_QUERY, FUNNEL_QUERY, CHANGE_QUERY] },
  ],
  '/api/v1/source-groups/preview': [RULES],
  'PUT /api/v1/source-groups': [RULES],
  'PUT /api/v1/identity/rules': [IDENTITY],
  '/api/v1/sample/remove': [{}],
  '/api/v1/sources': [{ declaration: DECLARATION }],
  '/api/v1/sources/test': [{ declaration: DECLARATION }],
  '/api/v1/sources/:name': [{ declaration: DECLARATION }],
  '/api/v1/sources/:name/sync': [{}],
  '/api/v1/sources/:name/stop': [{}],
  '/api/v1/sources/:name/pause': [{ paused: true }],
  '/api/v1/sources/:name/full-refresh': [{}],
  '/api/v1/sources/:name/backfill': [
    { stream: 'users', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', dry_run: true },
  ],
  '/api/v1/sources/:name/test': [{}],
  '/api/v1/sources/:name/changes/:id/acknowledge': [{}],
  '/api/v1/sources/:name/tables': [{ stream: 'orders', columns: [{ name: 'city', type: 'text' }] }],
  '/api/v1/batches/:id/undo': [{}],
  '/api/v1/quarantine/replay': [{ items: [{ id: '1.0' }] }, { source: 'crm', rule: 'invalid', day: '2026-01-01' }],
  '/api/v1/loads': [
    {
      file: 'years.ndjson',
      save_as: 'History',
      pieces: [{ sha256: 'f'.repeat(64), records: 1, bytes: 9, lines_before: 0 }],
    },
  ],
  '/api/v1/imports/:id/format': [{ format: { kind: 'csv', delimiter: ';', header_row: 1 } }],
  '/api/v1/imports/:id/kind': [{ record: 'row' }],
  '/api/v1/imports/:id/mapping': [
    { mapping: { record: 'row', columns: [{ field: 'city', column: 'City', type: 'text' }] } },
  ],
  '/api/v1/imports/:id/check': [{}],
  '/api/v1/imports/:id/run': [{ save_as: 'Calls', table: 'calls', dashboard: true }],
  '/api/v1/imports/:id/undo': [{}],
  '/api/v1/imports/:id/discard': [{}],
};

/** Places in an address; what is asked for does not exist, so that nothing is done. */
const ADDRESS: Record<string, string> = { name: 'nobody', id: '999999999999' };
const addressOf = (path: string) => path.replaceAll(/:(\w+)/g, (_, part: string) => ADDRESS[part] ?? part);

const MEGABYTE = 'x'.repeat(1024 * 1024);
const HOSTILE: [string, Json][] = [
  ['an object', { a: 1 }],
  ['an array', [[1]]],
  ['a number', -7.5],
  ['null', null],
  ['a string of 1 MB', MEGABYTE],
  ['the word __proto__', '__proto__'],
];

/** Every place in a JSON value, as paths. */
function pathsOf(value: Json, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner as Json, [...path, key])),
  ];
}

function replaced(value: Json, path: string[], by: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  const copy = structuredClone(value) as Record<string, Json>;
  copy[step] = replaced(copy[step] ?? null, rest, by);
  return copy;
}

/** 400 with a sentence, or 404 where the address names nothing; in a batch a query whose names or dates make no sense is refused alone, in its place. */
async function expectRefused(response: Response, what: string): Promise<void> {
  const text = await response.text();
  const answer = JSON.parse(text) as {
    error?: { message: string };
    results?: { error?: { code: string; message: string } }[];
  };
  const refused = answer.results?.find((item) => item.error?.code === 'invalid_request')?.error;
  // A file may have any name; its pieces are not there.
  const named =
    what.includes('/:') || what.startsWith('/api/v1/loads file') || what.startsWith('/api/v1/loads save_as');
  const status = response.status === 404 && named ? 400 : response.status;
  expect(status, `${what}: ${text.slice(0, 300)}`).toBe(refused === undefined ? 400 : 200);
  const sentence = (refused ?? answer.error)?.message ?? '';
  expect(sentence.length, what).toBeGreaterThan(10);
  expect(text.length, `${what}: the answer must not repeat a megabyte`).toBeLessThan(200_000);
}

/** Values of filters and texts of rules are data: any short text may be looked for, `__proto__` too, and numbers in filters. */
const isPlainValue = (place: string[], value: Json) =>
  (place.at(-2) === 'values' && (typeof value === 'number' || (typeof value === 'string' && value.length < 500))) ||
  (/^(group|is)$/.test(place.at(-1) ?? '') && typeof value === 'string' && value.length <= 60);

const methodOf = (route: string) => (route.startsWith('PUT ') ? 'PUT' : 'POST');
const post = (route: string, body: string, type = 'application/json') =>
  fetch(server.url + addressOf(route.replace('PUT ', '')), {
    method: methodOf(route),
    headers: { 'content-type': type },
    body,
  });

describe.each(Object.entries(BODIES))('%s', (path, examples) => {
  test.each(HOSTILE)('refuses %s in place of every field', async (name, hostile) => {
    for (const example of examples) {
      for (const place of pathsOf(example)) {
        const answer = await post(path, JSON.stringify(replaced(example, place, hostile)));
        if (isPlainValue(place, hostile)) expect(answer.status, `${place.join('.')} = ${name}`).toBe(200);
        else await expectRefused(answer, `${path} ${place.join('.')} = ${name}`);
      }
    }
  });

  test.each(HOSTILE)('refuses %s as the whole body', async (name, hostile) => {
    await expectRefused(await post(path, JSON.stringify(hostile)), `${path} body = ${name}`);
  });

  test('refuses __proto__ and constructor as keys of every object', async () => {
    for (const example of examples) {
      for (const key of ['__proto__', 'constructor']) {
        const text = JSON.stringify(example);
        const places = [...text.matchAll(/\{/g)].map((match) => match.index + 1);
        for (const place of places) {
          const body = `${text.slice(0, place)}"${key}":{"polluted":true}${text[place] === '}' ? '' : ','}${text.slice(place)}`;
          await expectRefused(await post(path, body), `${path} ${key} at ${place}`);
        }
      }
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('refuses what is not JSON, too deep, or of another type', async () => {
    for (const body of [
      '',
      '{',
      'metrics=charges',
      '{"metrics":["charges"]',
      `${'['.repeat(50_000)}`,
      '\u0000',
      '﻿{"metrics":5}',
    ]) {
      await expectRefused(await post(path, body), `${path} body ${JSON.stringify(body.slice(0, 20))}`);
    }
    await expectRefused(await post(path, '{}', 'text/plain'), `${path} as text/plain`);
  });
});

/** Take the bytes of a file. */
const UPLOADS = ['/api/v1/imports', '/api/v1/loads/pieces'];

interface Described {
  paths: Record<
    string,
    Record<string, { parameters?: { name: string; in: 'path' | 'query'; required: boolean }[]; requestBody?: object }>
  >;
}

test('every described route with a body is tried above, every parameter refuses hostile values', async () => {
  const description = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as Described;
  const withBody = Object.entries(description.paths).flatMap(([path, methods]) => {
    if (path.startsWith('/hooks/') || UPLOADS.includes(path)) return [];
    return [...(methods['post']?.requestBody ? [path] : []), ...(methods['put']?.requestBody ? [`PUT ${path}`] : [])];
  });
  const inBraces = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}');
  expect(withBody.sort()).toEqual(Object.keys(BODIES).map(inBraces).sort());

  for (const [path, methods] of Object.entries(description.paths)) {
    for (const parameter of methods['get']?.parameters ?? []) {
      for (const [name, hostile] of HOSTILE) {
        const text = typeof hostile === 'string' ? hostile : JSON.stringify(hostile);
        const value = encodeURIComponent(text);
        const address =
          parameter.in === 'path' ? path.replace(`{${parameter.name}}`, value) : `${path}?${parameter.name}=${value}`;
        const answer = await fetch(server.url + address);
        const what = `${parameter.in} ${parameter.name} of ${path} = ${name}`;
        // Ids of webinars are the services' own: any short text may be one, and none is known.
        if (parameter.in === 'path' && path.startsWith('/api/v1/webinars/') && text.length <= 200) {
          expect([200, 404], what).toContain(answer.status);
          continue;
        }
        // "null" is a name like any other, only that nothing is called so.
        if (answer.status === (parameter.in === 'path' ? 404 : 200)) expect(text, what).toBe('null');
        else await expectRefused(answer, what);
      }
    }
    if (methods['get'] !== undefined && !path.includes('{') && path !== '/api/v1/live') {
      await expectRefused(await fetch(`${server.url}${path}?__proto__=1`), `${path}?__proto__`);
      await expectRefused(await fetch(`${server.url}${path}?${'x'.repeat(1024 * 1024)}=1`), `${path}?<1 MB>`);
    }
  }
});

test('every key of the URL grammar refuses hostile values', async () => {
  for (const key of ['u', 'p', 'to', 'vs', 'wd', 'g', 'f', 'mf', 'm', 'by', 'x', 's', 'n', 'v', 'ma']) {
    for (const [name, hostile] of HOSTILE) {
      const text = typeof hostile === 'string' ? hostile : JSON.stringify(hostile);
      const base = key === 'm' ? '' : 'm=charges&';
      await expectRefused(
        await fetch(`${server.url}/api/v1/query?${base}${key}=${encodeURIComponent(text)}`),
        `GET query ${key} = ${name}`,
      );
    }
  }
});

test('a page of another site, or a rebound name, gets nothing', async () => {
  const foreign = await fetch(`${server.url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://example.com' },
    body: '{}',
  });
  expect(foreign.status).toBe(403);
});

test('unknown hooks, sources and paths answer 404, and nothing was logged as an error', async () => {
  expect((await fetch(`${server.url}/hooks/nobody`, { method: 'POST', body: 'x' })).status).toBe(404);
  expect((await fetch(`${server.url}/api/v1/nothing`)).status).toBe(404);
  expect((await fetch(`${server.url}/assets/..%2f..%2fpackage.json`)).status).toBe(404);
  expect(server.log()).not.toMatch(/"level":50/);
});
