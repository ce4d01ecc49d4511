import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeriodContext } from '../src/contract/period.ts';
import { formatView, parseView, VIEW_DEFAULTS, type ViewState, viewToQuery } from '../src/contract/url.ts';
import { FILTER_OPS, GRAINS } from '../src/contract/words.ts';

/**
 * Addresses that people have kept must mean the same for ever. Each is canonical: read and written again it is byte for byte the
 * same. Beside it stands what it says beyond the defaults.
 */
const GOLDEN: [string, Partial<ViewState>][] = [
  ['', {}],
  ['?v=long_visit:45.5&v=short_visit:10', { parameters: { long_visit: 45.5, short_visit: 10 } }],
  ['?ma=1', { matured: true }],
  ['?p=d', { period: 'd' }],
  ['?p=e', { period: 'e' }],
  ['?p=w', { period: 'w' }],
  ['?p=m', { period: 'm' }],
  ['?p=91d', { period: '91d' }],
  ['?p=7d', { period: '7d' }],
  ['?p=12w', { period: '12w' }],
  ['?p=12m', { period: '12m' }],
  ['?p=2q', { period: '2q' }],
  ['?p=3y', { period: '3y' }],
  ['?p=wtd', { period: 'wtd' }],
  ['?p=mtd', { period: 'mtd' }],
  ['?p=qtd', { period: 'qtd' }],
  ['?p=ytd', { period: 'ytd' }],
  ['?p=lw', { period: 'lw' }],
  ['?p=lm', { period: 'lm' }],
  ['?p=lq', { period: 'lq' }],
  ['?p=ly', { period: 'ly' }],
  ['?p=all', { period: 'all' }],
  ['?p=2026', { period: '2026' }],
  ['?p=2026-Q4', { period: '2026-Q4' }],
  ['?p=2026-11', { period: '2026-11' }],
  ['?p=2026-W47', { period: '2026-W47' }],
  ['?p=2026-11-20', { period: '2026-11-20' }],
  ['?p=2026-11-01..2026-11-20', { period: '2026-11-01..2026-11-20' }],
  ['?p=2024-01-01..2024-11-15', { period: '2024-01-01..2024-11-15' }],
  ['?p=last_webinars:8', { period: 'last_webinars:8' }],
  ['?p=last%203%20weeks', { period: 'last 3 weeks' }],
  ['?to=latest', { to: 'latest' }],
  ['?to=now', { to: 'now' }],
  ['?p=w&to=now', { period: 'w', to: 'now' }],
  ['?vs=off', { compare: 'off' }],
  ['?vs=prev_year', { compare: 'prev_year' }],
  ['?vs=avg4', { compare: 'avg4' }],
  ['?vs=target', { compare: 'target' }],
  ['?vs=2026-10-01..2026-10-20', { compare: '2026-10-01..2026-10-20' }],
  ['?vs=2026-10-01', { compare: '2026-10-01' }],
  ['?wd=0', { matchWeekday: false }],
  ['?p=w&vs=prev_year&wd=0', { period: 'w', compare: 'prev_year', matchWeekday: false }],
  ['?g=hour', { grain: 'hour' }],
  ['?g=day', { grain: 'day' }],
  ['?g=week', { grain: 'week' }],
  ['?g=month', { grain: 'month' }],
  ['?g=quarter', { grain: 'quarter' }],
  ['?g=year', { grain: 'year' }],
  ['?f=channel:in:whatsapp', { filters: [{ dimension: 'channel', op: 'in', values: ['whatsapp'] }] }],
  ['?f=channel:in:whatsapp,sms', { filters: [{ dimension: 'channel', op: 'in', values: ['whatsapp', 'sms'] }] }],
  ['?f=channel:not:ivr', { filters: [{ dimension: 'channel', op: 'not', values: ['ivr'] }] }],
  ['?f=region:not:Moscow,Kazan', { filters: [{ dimension: 'region', op: 'not', values: ['Moscow', 'Kazan'] }] }],
  ['?f=campaign:has:spring', { filters: [{ dimension: 'campaign', op: 'has', values: ['spring'] }] }],
  ['?f=campaign:has:a,b', { filters: [{ dimension: 'campaign', op: 'has', values: ['a', 'b'] }] }],
  ['?f=campaign:starts:2026/', { filters: [{ dimension: 'campaign', op: 'starts', values: ['2026/'] }] }],
  ['?f=region:null', { filters: [{ dimension: 'region', op: 'null', values: [] }] }],
  ['?f=region:null:false', { filters: [{ dimension: 'region', op: 'null', values: ['false'] }] }],
  ['?f=weekday:eq:2', { filters: [{ dimension: 'weekday', op: 'eq', values: [2] }] }],
  ['?f=weekday:ne:7', { filters: [{ dimension: 'weekday', op: 'ne', values: [7] }] }],
  ['?f=hour_of_day:gte:8', { filters: [{ dimension: 'hour_of_day', op: 'gte', values: [8] }] }],
  ['?f=hour_of_day:lte:15', { filters: [{ dimension: 'hour_of_day', op: 'lte', values: [15] }] }],
  ['?f=hour_of_day:between:8,12', { filters: [{ dimension: 'hour_of_day', op: 'between', values: [8, 12] }] }],
  ['?f=amount:gte:-1.5', { filters: [{ dimension: 'amount', op: 'gte', values: [-1.5] }] }],
  ['?f=weekday:in:1,2', { filters: [{ dimension: 'weekday', op: 'in', values: ['1', '2'] }] }],
  [
    '?f=weekday:eq:2&f=hour_of_day:eq:10',
    {
      filters: [
        { dimension: 'weekday', op: 'eq', values: [2] },
        { dimension: 'hour_of_day', op: 'eq', values: [10] },
      ],
    },
  ],
  [
    '?f=category:in:otp&f=channel:in:sms',
    {
      filters: [
        { dimension: 'category', op: 'in', values: ['otp'] },
        { dimension: 'channel', op: 'in', values: ['sms'] },
      ],
    },
  ],
  [
    '?f=campaign:has:a&f=campaign:not:ab',
    {
      filters: [
        { dimension: 'campaign', op: 'has', values: ['a'] },
        { dimension: 'campaign', op: 'not', values: ['ab'] },
      ],
    },
  ],
  ['?f=campaign:in:a%5C,b', { filters: [{ dimension: 'campaign', op: 'in', values: ['a,b'] }] }],
  ['?f=campaign:in:a%5C%5C,b', { filters: [{ dimension: 'campaign', op: 'in', values: ['a\\', 'b'] }] }],
  ['?f=campaign:in:10:30', { filters: [{ dimension: 'campaign', op: 'in', values: ['10:30'] }] }],
  ['?f=campaign:in:a%20b', { filters: [{ dimension: 'campaign', op: 'in', values: ['a b'] }] }],
  ['?f=campaign:in:a%2Bb', { filters: [{ dimension: 'campaign', op: 'in', values: ['a+b'] }] }],
  ['?f=campaign:in:a%26b%3Dc', { filters: [{ dimension: 'campaign', op: 'in', values: ['a&b=c'] }] }],
  ['?f=campaign:in:50%25', { filters: [{ dimension: 'campaign', op: 'in', values: ['50%'] }] }],
  ['?f=campaign:in:%23tag', { filters: [{ dimension: 'campaign', op: 'in', values: ['#tag'] }] }],
  ['?f=campaign:in:what%3F', { filters: [{ dimension: 'campaign', op: 'in', values: ['what?'] }] }],
  [
    '?f=region:in:%D0%9C%D0%BE%D1%81%D0%BA%D0%B2%D0%B0',
    { filters: [{ dimension: 'region', op: 'in', values: ['Москва'] }] },
  ],
  ['?f=campaign:in:%F0%9F%8E%89', { filters: [{ dimension: 'campaign', op: 'in', values: ['🎉'] }] }],
  ['?f=campaign:in:a,', { filters: [{ dimension: 'campaign', op: 'in', values: ['a', ''] }] }],
  ["?f=campaign:in:it's", { filters: [{ dimension: 'campaign', op: 'in', values: ["it's"] }] }],
  ['?f=campaign:in:%22q%22', { filters: [{ dimension: 'campaign', op: 'in', values: ['"q"'] }] }],
  ['?f=account:in:ops@example.com', { filters: [{ dimension: 'account', op: 'in', values: ['ops@example.com'] }] }],
  ['?f=account:in:%2B14155550123', { filters: [{ dimension: 'account', op: 'in', values: ['+14155550123'] }] }],
  [
    '?mf=registered:by:webinar:gte:50',
    { measureFilters: [{ metric: 'registered', dimension: 'webinar', op: 'gte', values: [50] }] },
  ],
  [
    '?mf=sent:by:campaign:between:10,20',
    { measureFilters: [{ metric: 'sent', dimension: 'campaign', op: 'between', values: [10, 20] }] },
  ],
  ['?m=charges', { metrics: ['charges'] }],
  ['?m=charges,messages_sent', { metrics: ['charges', 'messages_sent'] }],
  ['?m=charges&by=channel', { metrics: ['charges'], by: ['channel'] }],
  ['?m=charges&by=channel,category', { metrics: ['charges'], by: ['channel', 'category'] }],
  ['?m=dau&x=day', { metrics: ['dau'], x: 'day' }],
  ['?m=charges&by=channel&x=week', { metrics: ['charges'], by: ['channel'], x: 'week' }],
  ['?m=charges&by=campaign&s=-value', { metrics: ['charges'], by: ['campaign'], sort: ['-value'] }],
  [
    '?m=charges&by=campaign&s=-charges,campaign',
    { metrics: ['charges'], by: ['campaign'], sort: ['-charges', 'campaign'] },
  ],
  ['?m=charges&by=campaign&s=-value&n=10', { metrics: ['charges'], by: ['campaign'], sort: ['-value'], limit: 10 }],
  ['?n=50000', { limit: 50_000 }],
  ['?zz=1', { extra: [['zz', '1']] }],
  [
    '?p=w&zz=1&aa=2',
    {
      period: 'w',
      extra: [
        ['zz', '1'],
        ['aa', '2'],
      ],
    },
  ],
  ['?f=channel:like:x', { extra: [['f', 'channel:like:x']] }],
  ['?f=weekday:eq:tuesday', { extra: [['f', 'weekday:eq:tuesday']] }],
  ['?g=fortnight', { extra: [['g', 'fortnight']] }],
  [
    '?n=0&u=2',
    {
      extra: [
        ['n', '0'],
        ['u', '2'],
      ],
    },
  ],
  [
    '?__proto__=x&constructor=y',
    {
      extra: [
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ],
    },
  ],
  [
    '?vs=yesterday&wd=2',
    {
      extra: [
        ['vs', 'yesterday'],
        ['wd', '2'],
      ],
    },
  ],
  ['?mf=a:by:b:in:c', { extra: [['mf', 'a:by:b:in:c']] }],
  [
    '?p=2026-W47&to=now&vs=prev_year&wd=0&g=day&f=channel:in:whatsapp,sms&mf=registered:by:webinar:gte:50&m=attend_rate&by=source_group&x=week&s=-value&n=10',
    {
      period: '2026-W47',
      to: 'now',
      compare: 'prev_year',
      matchWeekday: false,
      grain: 'day',
      filters: [{ dimension: 'channel', op: 'in', values: ['whatsapp', 'sms'] }],
      measureFilters: [{ metric: 'registered', dimension: 'webinar', op: 'gte', values: [50] }],
      metrics: ['attend_rate'],
      by: ['source_group'],
      x: 'week',
      sort: ['-value'],
      limit: 10,
    },
  ],
];

describe('golden addresses', () => {
  test('there are 100 and more', () => expect(GOLDEN.length).toBeGreaterThanOrEqual(100));

  test.each(GOLDEN)('%s', (address, says) => {
    const { view, unknown } = parseView(address);
    expect(view).toEqual({ ...VIEW_DEFAULTS, ...says });
    expect(unknown).toEqual((says.extra ?? []).map(([key, value]) => `${key}=${value}`));
    expect(formatView(view)).toBe(address);
  });

  test.each([
    ['?u=1&p=28d', ''],
    ['p=w', '?p=w'],
    ['?f=channel%3Ain%3Awhatsapp%2Csms', '?f=channel:in:whatsapp,sms'],
    ['?f=campaign:in:a+b', '?f=campaign:in:a%20b'],
    ['?f=channel:in', ''],
    ['?f=campaign:in:', ''],
    ['?g=day&p=w', '?p=w&g=day'],
    ['?n=10&s=-value&zz=1&f=channel:in:sms', '?f=channel:in:sms&s=-value&n=10&zz=1'],
    ['?p=w&p=m', '?p=w&p=m'],
    ['?f=weekday:eq:02', '?f=weekday:eq:2'],
  ])('%s is written as %s', (address, canonical) => expect(formatView(parseView(address).view)).toBe(canonical));
});

describe('defaults of a dashboard', () => {
  const defaults: ViewState = {
    ...VIEW_DEFAULTS,
    period: '91d',
    grain: 'week',
    filters: [{ dimension: 'channel', op: 'in', values: ['sms'] }],
  };
  test.each([
    ['', ['channel:sms']],
    ['?f=channel:in', []],
    ['?f=channel:in:email', ['channel:email']],
    ['?f=category:in:otp', ['channel:sms', 'category:otp']],
    ['?p=28d&f=channel:in', []],
  ])('%s', (address, filters) => {
    const { view } = parseView(address, defaults);
    expect(view.filters.map((filter) => `${filter.dimension}:${filter.values.join()}`)).toEqual(filters);
    expect(view.grain).toBe('week');
    expect(formatView(view, defaults)).toBe(address);
  });
});

const id = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const anyFilter = fc.oneof(
  fc.record({
    dimension: id,
    op: fc.constantFrom('in' as const, 'not' as const, 'has' as const, 'starts' as const),
    values: fc.array(text, { minLength: 1, maxLength: 4 }).filter((values) => values.length > 1 || values[0] !== ''),
  }),
  fc.record({
    dimension: id,
    op: fc.constantFrom('eq' as const, 'ne' as const, 'gte' as const, 'lte' as const),
    values: fc.tuple(number),
  }),
  fc.record({ dimension: id, op: fc.constant('between' as const), values: fc.tuple(number, number) }),
  fc.record({ dimension: id, op: fc.constant('null' as const), values: fc.constantFrom<string[]>([], ['false']) }),
);
const anyView: fc.Arbitrary<ViewState> = fc.record({
  period: fc.oneof(
    fc.constantFrom('28d', 'w', 'mtd', '2026-W47', '2026-11-01..2026-11-20'),
    text.filter((value) => value !== ''),
  ),
  to: fc.constantFrom('complete' as const, 'latest' as const, 'now' as const),
  compare: fc.constantFrom('off', 'prev', 'prev_year', 'avg4', 'target', '2024-02-29..2024-03-01'),
  matchWeekday: fc.boolean(),
  grain: fc.constantFrom(null, ...GRAINS),
  filters: fc.array(anyFilter, { maxLength: 4 }),
  measureFilters: fc.array(
    fc.record({ metric: id, dimension: id, op: fc.constant('gte' as const), values: fc.tuple(number) }),
    { maxLength: 2 },
  ),
  metrics: fc.array(id, { maxLength: 3 }),
  by: fc.array(id, { maxLength: 3 }),
  x: fc.option(id),
  sort: fc.array(id, { maxLength: 2 }),
  limit: fc.option(fc.integer({ min: 1, max: 50_000 })),
  parameters: fc.dictionary(
    id,
    fc.integer({ min: -1_000, max: 100_000 }).map((hundredths) => hundredths / 100 || 0),
    {
      maxKeys: 2,
      noNullPrototype: true,
    },
  ),
  matured: fc.boolean(),
  extra: fc
    .array(fc.tuple(fc.constantFrom('zz', 'utm_source', '__proto__'), text), { maxLength: 2 })
    .map((pairs) => pairs.map(([key, value]): [string, string] => [key, value])),
});

describe('any state', () => {
  test('survives the address, and a client that escapes everything', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const address = formatView(view);
        expect(parseView(address).view).toEqual(view);
        const escaped = `?${new URLSearchParams(address).toString()}`;
        expect(parseView(escaped).view).toEqual(view);
        expect(formatView(parseView(address).view)).toBe(address);
      }),
      { numRuns: 500 },
    );
  });

  test('any text can be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (search) => {
        const { view } = parseView(search);
        expect(formatView(parseView(formatView(view)).view)).toBe(formatView(view));
      }),
      { numRuns: 500 },
    );
  });

  test('every operator of the contract is readable', () => {
    const read = FILTER_OPS.map((op) => parseView(`?f=a:${op}:1${op === 'between' ? ',2' : ''}`).view.filters[0]?.op);
    expect(read.filter((op) => op !== undefined)).toEqual(FILTER_OPS.filter((op) => op !== 'null'));
  });
});

describe('viewToQuery', () => {
  const context: PeriodContext = {
    today: '2026-11-22',
    weekStart: 'monday',
    data: { first: '2024-01-01', last: '2026-11-21' },
  };
  const queryOf = (search: string) => {
    const answer = viewToQuery(search, context);
    return 'query' in answer ? answer.query : answer.problems.map((problem) => `${problem.path}: ${problem.message}`);
  };

  test('an address becomes one query', () => {
    expect(queryOf('?m=charges')).toEqual({ metrics: ['charges'], time: { range: ['2026-10-25', '2026-11-22'] } });
    expect(queryOf('?p=w&vs=prev&f=channel:in:sms&m=charges,messages_sent&by=category&x=day&s=-value&n=10')).toEqual({
      metrics: ['charges', 'messages_sent'],
      dimensions: ['category'],
      time: { range: ['2026-11-15', '2026-11-22'], grain: 'day' },
      filters: [{ dimension: 'channel', op: 'in', values: ['sms'] }],
      compare: { range: ['2026-11-08', '2026-11-15'] },
      order_by: ['-charges'],
      limit: 10,
    });
    expect(queryOf('?m=charges&x=channel&by=category&g=month&p=2026-10')).toEqual({
      metrics: ['charges'],
      dimensions: ['channel', 'category'],
      time: { range: ['2026-10-01', '2026-11-01'], grain: 'month' },
    });
    expect(queryOf('?m=charges&p=w&to=latest')).toMatchObject({ time: { range: ['2026-11-15', '2026-11-22'] } });
    expect(queryOf('?m=charges&p=w&to=now')).toMatchObject({ time: { range: ['2026-11-16', '2026-11-23'] } });
  });

  test('every mistake is named at once', () => {
    expect(queryOf('?p=soon&zz=1&n=x&mf=a:by:b:gte:1&vs=avg4')).toEqual([
      'zz: There is no parameter "zz".',
      'n: "n=x" cannot be read.',
      'm: No metric is named.',
      'mf: Filters on a metric cannot be answered by this version.',
      'vs: vs=avg4 cannot be answered by this version.',
      expect.stringContaining('p: "soon" is not a period.'),
    ]);
  });
});
