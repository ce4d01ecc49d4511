import type { WebinarInfo } from '../../contract/webinars.ts';
import { comment, identifier, instant, list, number, sql, string } from '../../sql/build.ts';
import type { Fragment, SqlNode } from '../../sql/nodes.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import { tableName } from '../compile/row-source.ts';

/** Statements about single webinars. Times come out as UTC milliseconds. */

const participations = tableName('participations');

const millis = (column: string): Fragment => sql`toUnixTimestamp64Milli(${identifier(column)})`;

/** One row per webinar of a condition on rows `p` of `participations`: what it is, who registered and came. */
const webinars = (condition: SqlNode): Fragment => sql`SELECT p.webinar AS webinar,
  any(p.title) AS title, any(p.series) AS series, any(p.course) AS course, any(p.language) AS language,
  any(p.region) AS region, any(p.format) AS format, any(p.status) AS status, any(p.host) AS host,
  any(toUnixTimestamp64Milli(p.starts_at)) AS starts, any(toUnixTimestamp64Milli(p.ends_at)) AS ends,
  countIf(p.registered = 1) AS registrations,
  minIf(toUnixTimestamp64Milli(p.registered_at), p.registered = 1) AS first_registered,
  countIf(p.registered = 1 AND p.seconds > 0) AS attended
FROM ${participations} AS p FINAL
WHERE ${condition}
GROUP BY p.webinar`;

export interface WebinarRow extends Omit<WebinarInfo, 'starts_at' | 'ends_at'> {
  starts: number;
  ends: number | null;
  registrations: number;
  /** 0 or null where there are no registrations. */
  first_registered: number | null;
  attended: number;
}

export const webinarStatement = (webinar: string): RenderedSql =>
  renderSql(sql`${comment('one webinar')}${webinars(sql`p.webinar = ${string(webinar)}`)}`);

/** Every webinar of a series, the newest first. */
export const seriesStatement = (series: string, limit: number): RenderedSql =>
  renderSql(sql`${comment('the webinars of a series')}${webinars(sql`p.series = ${string(series)}`)}
ORDER BY starts DESC, webinar
LIMIT ${number(limit)}`);

/** Webinars that are still to come, the next first. */
export const upcomingStatement = (now: number, limit: number): RenderedSql =>
  renderSql(sql`${comment('webinars to come')}${webinars(sql`p.starts_at > ${instant(now)} AND p.status != 'cancelled'`)}
ORDER BY starts, webinar
LIMIT ${number(limit)}`);

/** The last webinars of each of some series that have taken place. */
export const pastStatement = (series: readonly string[], before: number, perSeries: number): RenderedSql =>
  renderSql(sql`${comment('the last webinars of their series')}SELECT *
FROM (
${webinars(sql`p.series IN ${list(series.map(string))} AND p.starts_at < ${instant(before)} AND p.status != 'cancelled'`)}
)
ORDER BY starts DESC, webinar
LIMIT ${number(perSeries)} BY series`);

/** When people registered for some webinars: rows of `webinar`, `times`. */
export const registrationTimesStatement = (webinarIds: readonly string[]): RenderedSql =>
  renderSql(sql`${comment('when people registered')}SELECT webinar, groupArray(${millis('registered_at')}) AS times
FROM ${participations} FINAL
WHERE webinar IN ${list(webinarIds.map(string))} AND registered = 1
GROUP BY webinar`);

/** People in the room by minute from the start: rows of `minute`, `people`. */
export const curveStatement = (
  webinar: string,
  { starts, from, to }: { starts: number; from: number; to: number },
): RenderedSql =>
  renderSql(sql`${comment('people in the room, minute by minute')}SELECT minute, uniqExact(person) AS people
FROM (
  SELECT person,
    arrayJoin(range(
      greatest(${number(from)}, toInt64(floor((${millis('joined_at')} - ${number(starts)}) / 60000))),
      1 + least(${number(to)}, toInt64(floor((greatest(${millis('left_at')} - 1, ${millis('joined_at')}) - ${number(starts)}) / 60000)))
    )) AS minute
  FROM ${tableName('stays')} FINAL
  WHERE webinar = ${string(webinar)} AND seconds > 0
)
GROUP BY minute
ORDER BY minute`);

/** Minutes from the start in which people came first and left last: rows of `minute`, `joined`, `left`. */
export const comingsStatement = (webinar: string, starts: number): RenderedSql =>
  renderSql(sql`${comment('comings and goings by minute')}SELECT minute, countIf(kind = 1) AS joined, countIf(kind = 2) AS left
FROM (
  SELECT
    arrayJoin([(1, ${millis('first_joined_at')}), (2, ${millis('last_left_at')})]) AS event,
    tupleElement(event, 1) AS kind,
    toInt64(floor((tupleElement(event, 2) - ${number(starts)}) / 60000)) AS minute
  FROM ${participations} FINAL
  WHERE webinar = ${string(webinar)} AND seconds > 0
)
GROUP BY minute
ORDER BY minute`);

/** People of a webinar, those who stayed longest first. */
export const peopleStatement = (webinar: string, page: { offset: number; limit: number }): RenderedSql =>
  renderSql(sql`${comment('people of one webinar')}SELECT taken.*,
  named.email AS email, named.phone AS phone, named.external_id AS external_id
FROM (
  SELECT person, ${millis('registered_at')} AS registered, registered AS is_registered, source_group,
    ${millis('first_joined_at')} AS joined, toFloat64(seconds) AS stayed, matched_by, viewed_recording,
    count() OVER () AS total
  FROM ${participations} FINAL
  WHERE webinar = ${string(webinar)} AND person != 0
  ORDER BY stayed DESC, is_registered DESC, person
  LIMIT ${number(page.limit)} OFFSET ${number(page.offset)}
) AS taken
LEFT JOIN (SELECT person, email, phone, external_id FROM ${tableName('people')} FINAL) AS named ON named.person = taken.person
ORDER BY taken.stayed DESC, taken.is_registered DESC, taken.person`);
