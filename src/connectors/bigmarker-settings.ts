import { z } from 'zod';
import { secret } from '../contract/source.ts';
import { BIGMARKER_FIELDS } from './bigmarker-fields.ts';
import { isZone } from './rails-zones.ts';
import { webinarDetails } from './webinar-details.ts';
import { baseUrl, webinarSettings } from './webinar-settings.ts';

const DEFAULT_BASE = 'https://www.bigmarker.com/api/v1';

export const bigmarkerSettings = z.strictObject({
  /** Account settings → API. */
  api_key: secret,
  /** White-label accounts have a host of their own. */
  base_url: baseUrl.default(DEFAULT_BASE),
  /** Region, course, series and the team's own id, read out of the service's fields. */
  details: webinarDetails(Object.keys(BIGMARKER_FIELDS)),
  ...webinarSettings,
  /** Names of time zones that the account uses and Rails does not know → IANA. */
  time_zones: z
    .record(
      z.string().max(100),
      z.string().refine(isZone, { message: 'is no time zone: a name such as Europe/Berlin' }),
    )
    .default({}),
  /** BigMarker publishes no limit; above two a second it has been seen to refuse. */
  requests_per_second: z.number().min(0.1).max(100).default(2),
});

export type BigMarkerSettings = z.infer<typeof bigmarkerSettings>;
