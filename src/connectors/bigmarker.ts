import type { PullConnector } from '../contract/pull.ts';
import { checkBigMarker } from './bigmarker-check.ts';
import { bigmarkerGuide } from './bigmarker-guide.ts';
import { readBigMarker } from './bigmarker-pages.ts';
import { parseBigMarkerPage } from './bigmarker-records.ts';
import { type BigMarkerSettings, bigmarkerSettings } from './bigmarker-settings.ts';
import { targetOf } from './webinar-settings.ts';

/** BigMarker: webinars, registrations, attendance and views of recordings, read by its API v1. */
export const bigmarker: PullConnector<BigMarkerSettings> = {
  name: 'bigmarker',
  title: 'BigMarker',
  guide: bigmarkerGuide,
  settings: bigmarkerSettings,
  revisable: true,
  feeds: () => [
    { record: 'webinar' },
    { record: 'registration' },
    { record: 'attendance' },
    { record: 'recording_view' },
  ],
  streams: () => [
    { name: 'webinars', record: 'webinar', mode: 'incremental' },
    { name: 'registrations', record: 'registration', mode: 'incremental' },
    { name: 'attendance', record: 'attendance', mode: 'incremental' },
    { name: 'recording_views', record: 'recording_view', mode: 'incremental' },
  ],
  targets: (settings) => targetOf(settings.base_url),
  check: checkBigMarker,
  read: readBigMarker,
  parse: parseBigMarkerPage,
};
