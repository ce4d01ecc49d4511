import type { RecordOf } from '../src/contract/record.ts';
import { seededRandom } from '../test/support/seeded-random.ts';

const DAY = 86_400_000;
const REGIONS = ['north', 'south', 'east', 'west', 'centre'];
const COURSES = ['basics', 'growth', 'finance', 'design'];
const SOURCES = ['newsletter', 'whatsapp', 'google', 'facebook', 'partner', 'tiktok'];

type WebinarRecord = RecordOf<'webinar'> | RecordOf<'registration'> | RecordOf<'attendance'>;

/** The records of `webinars` webinars with `people` registrations each; a third of them came. One list per webinar. */
export function* webinarRecords(webinars: number, people: number, end: number): Generator<WebinarRecord[]> {
  const random = seededRandom(4);
  const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(random() * list.length)] as Value;
  for (let index = 0; index < webinars; index += 1) {
    const starts = end - DAY - Math.floor((index / webinars) * 365) * DAY + (9 + (index % 10)) * 3_600_000;
    const id = `bench-${index}`;
    const records: WebinarRecord[] = [
      {
        record: 'webinar',
        key: `webinar:${id}`,
        webinar_id: id,
        title: `Webinar ${index}`,
        series: `Series ${index % 12}`,
        course: pick(COURSES),
        language: pick(['en', 'id', 'es']),
        region: pick(REGIONS),
        format: index % 4 === 0 ? 'recorded' : 'live',
        status: 'finished',
        host: `Host ${index % 7}`,
        starts_at: new Date(starts).toISOString(),
        duration_minutes: 60,
      },
    ];
    for (let place = 0; place < people; place += 1) {
      const person = { email: `person${Math.floor(random() * 150_000)}@example.com` };
      const source = pick(SOURCES);
      records.push({
        record: 'registration',
        key: `registration:${id}:${place}`,
        webinar_id: id,
        person,
        registered_at: new Date(starts - Math.floor(random() * 14 * DAY)).toISOString(),
        utm_source: source,
        utm_medium: source === 'newsletter' ? 'email' : 'cpc',
        utm_campaign: `campaign-${index % 30}`,
      });
      if (random() > 0.35) continue;
      const joined = starts + Math.floor(random() * 600_000);
      records.push({
        record: 'attendance',
        key: `attendance:${id}:${place}`,
        webinar_id: id,
        person,
        joined_at: new Date(joined).toISOString(),
        left_at: new Date(joined + Math.floor(random() * 3_600_000)).toISOString(),
      });
    }
    yield records;
  }
}
