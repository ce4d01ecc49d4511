import { number, sql } from '../../src/sql/build.ts';
import type { Fragment } from '../../src/sql/nodes.ts';
import type { RenderedSql } from '../../src/sql/rendered.ts';
import { type Calendar, DAY_MS, DAYS, HOUR_MS } from './calendar.ts';
import { asInstant, drawBelow, drawShare, hashed, insertSelect, instantIf, numbersWith, valuesArray } from './draw.ts';
import { REGIONS } from './messaging-kinds.ts';
import { accountNumber, knownAtFirst, recipientNumber } from './people-numbers.ts';
import type { StoreSize } from './size.ts';

const COURSES = ['basics', 'growth', 'finance', 'design'];
export const WEBINAR_COURSES: readonly string[] = COURSES;
const LANGUAGES = ['en', 'id', 'es'];
const HOSTS = ['Host 1', 'Host 2', 'Host 3', 'Host 4', 'Host 5', 'Host 6', 'Host 7'];
/** utm_source, utm_medium and the source group that the pack's rules make of them. */
const SOURCES = [
  ['newsletter', 'email', 'Email'],
  ['whatsapp', 'message', 'WhatsApp'],
  ['google', 'cpc', 'Paid Search'],
  ['facebook', 'paid_social', 'Paid Social'],
  ['partner', 'referral', 'Referral'],
  ['', '', 'Unassigned'],
] as const;

/** Draws of the webinar of a row, the same in every row of it. */
const ofWebinar = (purpose: string, values: readonly string[]): Fragment =>
  sql`${valuesArray(values)}[1 + ${hashed(purpose, sql`webinar_index`)} % ${number(values.length)}]`;

/** Evenly over the range and two weeks ahead, between 9 and 18 o'clock. */
const startsMs = (size: StoreSize, { dayStart }: Calendar): Fragment => sql`${number(dayStart(0))}
    + intDiv(webinar_index * ${number(DAYS + 14)}, ${number(size.webinars)}) * ${number(DAY_MS)}
    + (9 + webinar_index % 10) * ${number(HOUR_MS)}`;

const describedWebinar = ({ now }: Calendar): Readonly<Record<string, Fragment>> => ({
  webinar: sql`concat('bench-', toString(webinar_index))`,
  title: sql`concat('Webinar ', toString(webinar_index))`,
  series: sql`concat('Series ', toString(webinar_index % 12))`,
  course: ofWebinar('course', COURSES),
  language: ofWebinar('webinar language', LANGUAGES),
  region: ofWebinar('webinar region', REGIONS),
  format: sql`if(webinar_index % 4 = 0, 'recorded', 'live')`,
  status: sql`multiIf(starts_ms > ${number(now)}, 'scheduled', webinar_index % 40 = 7, 'cancelled', 'finished')`,
  host: ofWebinar('host', HOSTS),
  source: sql`'bench'`,
  starts_at: asInstant(sql`starts_ms`),
  ends_at: sql`toNullable(${asInstant(sql`starts_ms + 3600000`)})`,
});

/** The rows of the webinars themselves. */
export function insertWebinars(size: StoreSize, calendar: Calendar): RenderedSql {
  return insertSelect(
    'participations',
    { participation: hashed('webinar'), ...describedWebinar(calendar) },
    numbersWith(0, size.webinars, { webinar_index: sql`number`, starts_ms: startsMs(size, calendar) }),
  );
}

/**
 * People of the webinars `first` … : half of them accounts, half contacts, none twice in one webinar. Eleven of twelve are registered,
 * two of five came.
 */
const peopleOfWebinars = (first: number, count: number, size: StoreSize, calendar: Calendar): Fragment => {
  const accounts = number(knownAtFirst(size));
  const recipients = number(size.recipients);
  const nth = sql`(${hashed('crowd', sql`webinar_index`)} % 1000000 + intDiv(place, 2) * 7919)`;
  return numbersWith(first * size.peoplePerWebinar, count * size.peoplePerWebinar, {
    webinar_index: sql`intDiv(number, ${number(size.peoplePerWebinar)})`,
    place: sql`number % ${number(size.peoplePerWebinar)}`,
    starts_ms: startsMs(size, calendar),
    who: sql`if(place % 2 = 0, ${accountNumber(sql`(${nth} % ${accounts})`)}, ${recipientNumber(sql`(${nth} % ${recipients})`)})`,
    past: sql`starts_ms < ${number(calendar.now - 2 * HOUR_MS)} AND webinar_index % 40 != 7`,
    walked_in: sql`past AND ${drawBelow('walked in', sql`12`)} = 0`,
    signed_up: sql`NOT walked_in AND ${drawBelow('cancelled', sql`50`)} > 0`,
    came: sql`walked_in OR (past AND signed_up AND ${drawBelow('came', sql`100`)} < 38)`,
    joined_ms: sql`starts_ms + ${drawBelow('late', sql`600000`)}`,
    stayed_ms: sql`if(came, toInt64(pow(${drawShare('stayed')}, 1.6) * 3300000), 0)`,
    watched: sql`past AND signed_up AND ${drawBelow('watched', sql`100`)} < 8`,
    origin: sql`1 + ${hashed('origin')} % ${number(SOURCES.length)}`,
    registered_ms: sql`starts_ms - 600000 - ${drawBelow('sign-up', number(14 * DAY_MS))}`,
  });
};

const participation = sql`cityHash64(webinar_index, who)`;

export function insertParticipations(first: number, count: number, size: StoreSize, calendar: Calendar): RenderedSql {
  const ofSource = (index: 0 | 1 | 2): Fragment =>
    sql`if(walked_in, '', ${valuesArray(SOURCES.map((source) => source[index]))}[origin])`;
  const signed = sql`NOT walked_in`;
  return insertSelect(
    'participations',
    {
      participation,
      ...describedWebinar(calendar),
      person: sql`who`,
      registered: sql`toUInt8(signed_up)`,
      registered_at: instantIf(sql`signed_up`, sql`registered_ms`),
      cancelled_at: instantIf(sql`${signed} AND NOT signed_up`, sql`registered_ms + 60000`),
      utm_source: ofSource(0),
      utm_medium: ofSource(1),
      utm_campaign: sql`if(walked_in OR origin = ${number(SOURCES.length)}, '', concat('campaign-', toString(${drawBelow('utm', sql`30`)})))`,
      source_group: ofSource(2),
      joined: sql`toUInt8(came)`,
      seconds: sql`toDecimal64(stayed_ms, 6) / 1000`,
      joins: sql`toInt64(came)`,
      first_joined_at: instantIf(sql`came`, sql`joined_ms`),
      last_left_at: instantIf(sql`came`, sql`joined_ms + stayed_ms`),
      viewed_recording: sql`toUInt8(watched)`,
      recording_viewed_at: instantIf(
        sql`watched`,
        sql`starts_ms + ${number(DAY_MS)} + ${drawBelow('viewed', number(5 * DAY_MS))}`,
      ),
      recording_seconds: sql`if(watched, toDecimal64(60 + ${drawBelow('view', sql`3000`)}, 6), toDecimal64(0, 6))`,
      matched_by: sql`multiIf(NOT came, '', walked_in, 'unmatched', 'email')`,
    },
    peopleOfWebinars(first, count, size, calendar),
  );
}

export function insertStays(first: number, count: number, size: StoreSize, calendar: Calendar): RenderedSql {
  return insertSelect(
    'stays',
    {
      stay: sql`cityHash64(webinar_index, who, 1)`,
      participation,
      webinar: sql`concat('bench-', toString(webinar_index))`,
      person: sql`who`,
      joined_at: asInstant(sql`joined_ms`),
      left_at: asInstant(sql`joined_ms + stayed_ms`),
      seconds: sql`toDecimal64(stayed_ms, 6) / 1000`,
    },
    sql`${peopleOfWebinars(first, count, size, calendar)}
WHERE came`,
  );
}
