import type { Row } from '../../src/contract/result.ts';
import type { InstantRange } from '../../src/query/buckets.ts';
import { cutToMatured, rangesOf } from '../../src/query/maturity.ts';
import type { ResolvedFilter, ResolvedFunnelQuery } from '../../src/query/resolved.ts';
import { filterConditions, inRange, instant, whereAll } from './rows-of.ts';
import type { Statements } from './statements.ts';

/** Reached, median and 90th percentile of each step, for one of the query's ranges. */
export async function answerFunnel(
  query: ResolvedFunnelQuery,
  which: 'range' | 'compare',
  statements: Statements,
): Promise<Row[]> {
  const { funnel, clock, matured } = query;
  const whole = rangesOf(query.range, query.compare);
  const ranges =
    matured && funnel.maturesAfter !== undefined
      ? cutToMatured(whole, funnel.maturesAfter, { completeThrough: clock.dataThrough, zone: clock.zone })
      : whole;
  const write = FUNNELS[funnel.name];
  if (write === undefined) throw new Error(`no SQL for the funnel ${funnel.name}`);
  const [row] = await statements.run(write(ranges[which], query.filters, clock.now));
  if (row === undefined) throw new Error('the funnel has no row');
  return funnel.steps.map(({ name }, index) => {
    const times = row[`times${index + 1}`];
    const [median, p90] = Array.isArray(times) ? times : [];
    return {
      step: name,
      reached: Number(row[`reached${index + 1}`] ?? 0),
      median_seconds: median === undefined ? null : Number(median),
      p90_seconds: p90 === undefined ? null : Number(p90),
    };
  });
}

type Write = (range: InstantRange | undefined, filters: readonly ResolvedFilter[], now: number) => string;

const FUNNELS: Readonly<Record<string, Write>> = { invitation: invitationSql, signup_to_attend: signupSql };

/** Between two columns of times, in seconds, of the rows that have the later one. */
const times = (from: string, to: string): string =>
  `percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY (extract(epoch FROM ${to} - ${from}))::float8) FILTER (WHERE ${to} IS NOT NULL)`;

/** The first charged message or purchase of somebody from a moment on, found by index. */
const firstTransaction = (
  person: string,
  from: string,
  filters: readonly ResolvedFilter[],
  now: number,
): string => `least(
    (SELECT min(at) FROM messages${whereAll([`account = ${person}`, 'charged', `at >= ${from}`, `at <= ${instant(now)}`, ...filterConditions('messages', filters)])}),
    (SELECT min(at) FROM activities${whereAll([`person = ${person}`, "feature = 'purchase'", `at >= ${from}`, `at <= ${instant(now)}`, ...filterConditions('activities', filters)])})
  )`;

function invitationSql(range: InstantRange | undefined, filters: readonly ResolvedFilter[], now: number): string {
  return `WITH invited AS (
  SELECT person, invited_at, CASE WHEN activated_at >= invited_at AND activated_at <= ${instant(now)} THEN activated_at END AS activated_at
  FROM invitations${whereAll([...inRange('invited_at', range), ...filterConditions('invitations', filters)])}
),
chains AS (
  SELECT invited_at, activated_at,
  CASE WHEN activated_at IS NOT NULL THEN ${firstTransaction('invited.person', 'invited.activated_at', filters, now)} END AS transacted_at
  FROM invited
)
SELECT count(*) AS reached1,
  count(activated_at) AS reached2, ${times('invited_at', 'activated_at')} AS times2,
  count(transacted_at) AS reached3, ${times('activated_at', 'transacted_at')} AS times3
FROM chains`;
}

function signupSql(range: InstantRange | undefined, filters: readonly ResolvedFilter[], now: number): string {
  const stayed = (seconds: number, minutes: number, before: string) =>
    `CASE WHEN seconds >= ${seconds} THEN greatest(first_joined_at + interval '${minutes} minutes', ${before}) END`;
  return `WITH signed_up AS (
  SELECT person, registered_at AS t1,
    CASE WHEN seconds > 0 THEN greatest(first_joined_at, registered_at) END AS t2,
    first_joined_at, seconds
  FROM participations${whereAll(['registered', ...inRange('starts_at', range), ...filterConditions('participations', filters)])}
),
short AS (SELECT *, ${stayed(300, 5, 't2')} AS t3 FROM signed_up),
long AS (SELECT *, ${stayed(1800, 30, 't3')} AS t4 FROM short),
chains AS (
  SELECT t1, t2, t3, t4,
  CASE WHEN t4 IS NOT NULL AND person <> 0 THEN ${firstTransaction('long.person', 'long.t4', filters, now)} END AS t5
  FROM long
)
SELECT count(*) AS reached1,
  count(t2) AS reached2, ${times('t1', 't2')} AS times2,
  count(t3) AS reached3, ${times('t2', 't3')} AS times3,
  count(t4) AS reached4, ${times('t3', 't4')} AS times4,
  count(t5) AS reached5, ${times('t4', 't5')} AS times5
FROM chains`;
}
