import { z } from 'zod';
import { secret } from '../contract/source.ts';
import { webinarDetails } from './webinar-details.ts';
import { TRACKING_FIELD, ZOOM_FIELDS } from './zoom-webinar.ts';

export const zoomSettings = z.strictObject({
  /** Of the server-to-server app in Zoom's Marketplace. */
  account_id: z.string().min(1).max(200),
  client_id: z.string().min(1).max(200),
  client_secret: z.string().min(8).max(500),
  /** The app's secret token, where it sends events; several while it is changed. */
  webhook_secret: secret.optional(),
  /** Another host that speaks as Zoom does; for tests and relays. With the path before `/users`. */
  base_url: z.url({ protocol: /^https?$/ }).optional(),
  token_url: z.url({ protocol: /^https?$/ }).optional(),
  /** Region, course, series and the team's own id, read out of Zoom's fields. */
  details: webinarDetails(Object.keys(ZOOM_FIELDS), { prefixes: [TRACKING_FIELD] }),
  /** Webinars of so many days before the last run are looked at again: late sign-ups, reports that came later. */
  look_back_days: z.number().int().min(1).max(180).default(7),
  /** Webinars further ahead are not read; all where absent. */
  ahead_days: z.number().int().min(1).max(3650).optional(),
  /** Where the first read begins; Zoom keeps reports for about six months. */
  since: z.iso.date().optional(),
  /** Hosts by e-mail address or id; everybody in the account where absent. */
  users: z.array(z.string().min(1).max(320)).min(1).max(1000).optional(),
});

export type ZoomSettings = z.infer<typeof zoomSettings>;
