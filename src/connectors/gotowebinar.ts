import type { PullConnector } from '../contract/pull.ts';
import { checkGoToWebinar } from './gotowebinar-check.ts';
import { gotowebinarGuide } from './gotowebinar-guide.ts';
import { readGoToWebinar } from './gotowebinar-pages.ts';
import { parseGoToPage } from './gotowebinar-records.ts';
import { type GoToWebinarSettings, gotowebinarSettings } from './gotowebinar-settings.ts';
import { targetOf } from './webinar-settings.ts';
import { WEBINAR_STREAMS, webinarFeed, webinarStream } from './webinar-streams.ts';

/** GoTo Webinar: webinars, registrations, attendance and views of on-demand webinars, read by its REST API v2. */
export const gotowebinar: PullConnector<GoToWebinarSettings> = {
  name: 'gotowebinar',
  title: 'GoTo Webinar',
  guide: gotowebinarGuide,
  settings: gotowebinarSettings,
  revisable: true,
  feeds: () => WEBINAR_STREAMS.map(webinarFeed),
  streams: () => WEBINAR_STREAMS.map(webinarStream),
  targets: (settings) => [...targetOf(settings.base_url), ...targetOf(settings.token_url)],
  check: checkGoToWebinar,
  read: readGoToWebinar,
  parse: parseGoToPage,
};
