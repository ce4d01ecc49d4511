import type { PullConnector } from '../contract/pull.ts';
import { checkBigMarker } from './bigmarker-check.ts';
import { bigmarkerGuide } from './bigmarker-guide.ts';
import { readBigMarker } from './bigmarker-pages.ts';
import { parseBigMarkerPage } from './bigmarker-records.ts';
import { type BigMarkerSettings, bigmarkerSettings } from './bigmarker-settings.ts';
import { targetOf } from './webinar-settings.ts';
import { WEBINAR_STREAMS, webinarFeed, webinarStream } from './webinar-streams.ts';

/** BigMarker: webinars, registrations, attendance and views of recordings, read by its API v1. */
export const bigmarker: PullConnector<BigMarkerSettings> = {
  name: 'bigmarker',
  title: 'BigMarker',
  guide: bigmarkerGuide,
  settings: bigmarkerSettings,
  revisable: true,
  feeds: () => WEBINAR_STREAMS.map(webinarFeed),
  streams: () => WEBINAR_STREAMS.map(webinarStream),
  targets: (settings) => targetOf(settings.base_url),
  check: checkBigMarker,
  read: readBigMarker,
  parse: parseBigMarkerPage,
};
