import { maskPerson, type PersonNames } from '../../contract/mask-person.ts';
import type { UpcomingWebinar, WebinarDetail, WebinarInfo, WebinarPeople } from '../../contract/webinars.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import { formatInstant } from '../format-instant.ts';
import type { RunStatement } from '../query-context.ts';
import { forecastRate, type PastWebinar, usualRegistrations } from './lead-time.ts';
import {
  comingsStatement,
  curveStatement,
  pastStatement,
  peopleStatement,
  registrationTimesStatement,
  seriesStatement,
  upcomingStatement,
  type WebinarRow,
  webinarStatement,
} from './webinar-statements.ts';

export interface WebinarReader {
  /** null where nothing is known of it. */
  detail(webinar: string, signal: AbortSignal): Promise<WebinarDetail | null>;
  /** People are masked. @param after what `next` of the page before said */
  people(webinar: string, page: { after: number; limit: number }, signal: AbortSignal): Promise<WebinarPeople>;
  /** The next ones first, at most 100. @param now UTC milliseconds */
  upcoming(now: number, signal: AbortSignal): Promise<UpcomingWebinar[]>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Minutes of the curve before the start, and the most after it. */
const CURVE = { before: 60, longest: 24 * 60 };
const OTHERS = 20;
const UPCOMING = 100;
const PAST = 20;

/** Answers about single webinars. @param zone IANA, of the instants in the answers */
export function createWebinarReader({ run, zone }: { run: RunStatement; zone: string }): WebinarReader {
  const read = async <Row>(statement: RenderedSql, signal: AbortSignal): Promise<Row[]> =>
    (await run(statement, { signal })).rows as Row[];
  const shape = (row: WebinarRow): WebinarInfo => ({
    webinar: row.webinar,
    title: row.title,
    series: row.series,
    course: row.course,
    language: row.language,
    region: row.region,
    format: row.format,
    status: row.status,
    host: row.host,
    starts_at: formatInstant(row.starts, zone),
    ends_at: row.ends === null ? null : formatInstant(row.ends, zone),
  });

  return {
    async detail(webinar, signal) {
      const [row] = await read<WebinarRow>(webinarStatement(webinar), signal);
      if (row === undefined) return null;
      const [curve, others] = await Promise.all([
        loadCurve(row, signal),
        row.series === '' ? [] : read<WebinarRow>(seriesStatement(row.series, OTHERS + 1), signal),
      ]);
      return {
        ...shape(row),
        registrations: row.registrations,
        first_registered_at: row.first_registered ? formatInstant(row.first_registered, zone) : null,
        ...curve,
        others: others
          .filter((other) => other.webinar !== webinar)
          .slice(0, OTHERS)
          .map(shape),
      };
    },

    async people(webinar, { after, limit }, signal) {
      const rows = await read<PersonRow>(peopleStatement(webinar, { offset: after, limit }), signal);
      const total = rows[0]?.total ?? 0;
      const next = after + rows.length;
      return {
        people: rows.map((row) => ({
          person: maskPerson(row),
          registered_at:
            row.registered === null || row.is_registered === 0 ? null : formatInstant(row.registered, zone),
          source_group: row.source_group,
          joined_at: row.joined === null ? null : formatInstant(row.joined, zone),
          seconds: row.stayed,
          matched_by: row.matched_by,
          viewed_recording: row.viewed_recording === 1,
        })),
        total,
        next: next < total ? String(next) : null,
      };
    },

    async upcoming(now, signal) {
      const rows = await read<WebinarRow>(upcomingStatement(now, UPCOMING), signal);
      const series = [...new Set(rows.map((row) => row.series))].filter((name) => name !== '');
      const past = series.length === 0 ? [] : await loadPast(series, now, signal);
      return rows.map((row): UpcomingWebinar => {
        const peers = past.filter((one) => one.series === row.series);
        const lead = row.starts - now;
        return {
          ...shape(row),
          registrations: row.registrations,
          hours: Math.max(0, Math.floor(lead / HOUR)),
          usual: usualRegistrations(peers, lead),
          past: peers.length,
          forecast: forecastRate(peers),
        };
      });
    },
  };

  async function loadCurve(
    { webinar, starts, ends }: WebinarRow,
    signal: AbortSignal,
  ): Promise<Pick<WebinarDetail, 'curve' | 'drop_off'>> {
    const span = { starts, from: -CURVE.before, to: CURVE.longest };
    const [present, comings] = await Promise.all([
      read<{ minute: number; people: number }>(curveStatement(webinar, span), signal),
      read<{ minute: number; joined: number; left: number }>(comingsStatement(webinar, starts), signal),
    ]);
    const [first] = present;
    const last = present.at(-1);
    if (first === undefined || last === undefined) return { curve: [], drop_off: [] };
    const people = new Map(present.map((row) => [row.minute, row.people]));
    const moves = new Map(comings.map((row) => [row.minute, row]));
    const curve = Array.from({ length: last.minute - first.minute + 1 }, (_, index) => {
      const minute = first.minute + index;
      const { joined = 0, left = 0 } = moves.get(minute) ?? {};
      return { minute, people: people.get(minute) ?? 0, joined, left };
    });
    const end = ends === null ? last.minute : Math.floor((ends - starts) / MINUTE);
    const drops = curve
      .filter(({ minute, left }) => minute >= 0 && minute < end - 2 && left > 1)
      .toSorted((a, b) => b.left - a.left || a.minute - b.minute)
      .slice(0, 3);
    return { curve, drop_off: drops.map(({ minute, left }) => ({ minute, left })) };
  }

  async function loadPast(
    series: readonly string[],
    before: number,
    signal: AbortSignal,
  ): Promise<(PastWebinar & { series: string })[]> {
    const rows = await read<WebinarRow>(pastStatement(series, before, PAST), signal);
    if (rows.length === 0) return [];
    const times = await read<{ webinar: string; times: number[] }>(
      registrationTimesStatement(rows.map((row) => row.webinar)),
      signal,
    );
    const byWebinar = new Map(times.map((row) => [row.webinar, row.times]));
    return rows.map(({ webinar, series: name, starts, registrations, attended }) => ({
      series: name,
      starts,
      registrations,
      attended,
      registeredAt: byWebinar.get(webinar) ?? [],
    }));
  }
}

interface PersonRow extends PersonNames {
  person: number;
  registered: number | null;
  is_registered: number;
  source_group: string;
  joined: number | null;
  stayed: number;
  matched_by: string;
  viewed_recording: number;
  total: number;
}
