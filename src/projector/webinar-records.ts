import type { CanonicalRecord, RecordOf } from '../contract/record.ts';
import { toMillis } from './fact-rows.ts';
import type { Key } from './hash.ts';
import { defaultRow, type TableRow } from './rows.ts';
import type { Version } from './versions.ts';

/** Records of webinars as rows of the projector's own tables: what `participations` and `stays` are made from. */

export const WEBINAR_TABLES = {
  webinar: 'webinar_records',
  registration: 'registrations',
  attendance: 'attendances',
  recording_view: 'recording_views',
} as const;
export type WebinarKind = keyof typeof WEBINAR_TABLES;
export type WebinarTable = (typeof WEBINAR_TABLES)[WebinarKind];
export type WebinarRecord = RecordOf<WebinarKind>;

export const isWebinarKind = (kind: string): kind is WebinarKind => Object.hasOwn(WEBINAR_TABLES, kind);

/** The id of the webinar that a record belongs to; '' where it belongs to none. */
export function webinarOf(record: CanonicalRecord): string {
  return 'webinar_id' in record ? record.webinar_id.replaceAll(/\s+/g, ' ').trim() : '';
}

type RowsOf = { [Table in WebinarTable]: TableRow<Table>[] };

/** Rows of the four tables, gathered for one insert each. */
export class WebinarRows {
  readonly rows: RowsOf = { webinar_records: [], registrations: [], attendances: [], recording_views: [] };
  /** Webinars of which anything has changed. */
  readonly touched = new Set<string>();

  put(key: Key, record: WebinarRecord, { source, webinar, observed_at, ...numbers }: Version): void {
    this.touched.add(webinar);
    const place = { webinar, record: key, source, version: 0, is_deleted: 0 };
    if (record.record === 'webinar') {
      this.rows.webinar_records.push(webinarRow(record, place, observed_at));
      return;
    }
    const named = {
      ...place,
      person_email: numbers.person,
      person_phone: numbers.person_phone,
      person_external: numbers.person_external,
      registrant_id: record.registrant_id?.trim() ?? '',
    };
    switch (record.record) {
      case 'registration':
        this.rows.registrations.push({
          ...named,
          registered_at: Date.parse(record.registered_at),
          cancelled_at: toMillis(record.cancelled_at),
          utm_source: record.utm_source?.trim() ?? '',
          utm_medium: record.utm_medium?.trim() ?? '',
          utm_campaign: record.utm_campaign?.trim() ?? '',
          utm_content: record.utm_content?.trim() ?? '',
          utm_term: record.utm_term?.trim() ?? '',
          referrer: hostOf(record.referrer),
        });
        return;
      case 'attendance':
        this.rows.attendances.push({
          ...named,
          joined_at: Date.parse(record.joined_at),
          left_at: toMillis(record.left_at),
          seconds: record.seconds?.toFixed(3) ?? null,
        });
        return;
      case 'recording_view':
        this.rows.recording_views.push({
          ...named,
          viewed_at: Date.parse(record.viewed_at),
          seconds: record.seconds?.toFixed(3) ?? null,
        });
    }
  }

  remove(key: Key, kind: WebinarKind, webinar: string): void {
    this.touched.add(webinar);
    const table = WEBINAR_TABLES[kind];
    const gone = { ...defaultRow(table), webinar, record: key, is_deleted: 1 };
    (this.rows[table] as (typeof gone)[]).push(gone);
  }
}

function webinarRow(
  record: RecordOf<'webinar'>,
  place: { webinar: string; record: Key; source: string; version: number; is_deleted: number },
  observed_at: number,
): TableRow<'webinar_records'> {
  return {
    ...place,
    title: record.title.trim(),
    series: record.series ?? '',
    course: record.course ?? '',
    language: record.language ?? '',
    region: record.region ?? '',
    format: record.format,
    status: record.status,
    host: record.host ?? '',
    starts_at: Date.parse(record.starts_at),
    duration_minutes: record.duration_minutes?.toFixed(3) ?? null,
    observed_at,
  };
}

/** The host of an address, lower case; what is no address stands as it is. */
function hostOf(referrer: string | undefined): string {
  const text = referrer?.trim().toLowerCase() ?? '';
  const address = /^[a-z][a-z0-9+.-]*:\/\//.test(text) ? text : `https://${text}`;
  return text === '' ? '' : (URL.parse(address)?.hostname ?? text);
}
