import { z } from 'zod';
import { GOTOWEBINAR_FIELDS } from './gotowebinar-fields.ts';
import { webinarDetails } from './webinar-details.ts';
import { baseUrl, webinarSettings } from './webinar-settings.ts';

const DEFAULT_BASE = 'https://api.getgo.com/G2W/rest/v2';
const DEFAULT_TOKEN = 'https://authentication.logmeininc.com/oauth/token';
const key = z
  .union([z.string().regex(/^\d{1,20}$/, 'the digits of the key'), z.number().int().positive()])
  .transform(String);

export const gotowebinarSettings = z.strictObject({
  /** Of the OAuth client. */
  client_id: z.string().min(4).max(500),
  client_secret: z.string().min(4).max(500),
  /** Of an organiser who has allowed the client to read. */
  refresh_token: z.string().min(8).max(10_000),
  base_url: baseUrl.default(DEFAULT_BASE),
  token_url: z.url({ protocol: /^https?$/ }).default(DEFAULT_TOKEN),
  /** Whose webinars; of whoever allowed it where absent. In quotes: it has more digits than a number can hold. */
  organizer_key: key.optional(),
  /** All organisers of the account, for its administrators. */
  account_key: key.optional(),
  /** Asks for each registrant alone: their source, phone and answers are told nowhere else. */
  registrant_details: z.boolean().default(false),
  /** Region, course, series and the team's own id, read out of the service's fields. */
  details: webinarDetails(Object.keys(GOTOWEBINAR_FIELDS)),
  ...webinarSettings,
  /** GoTo allows ten. */
  requests_per_second: z.number().min(0.1).max(100).default(5),
});

export type GoToWebinarSettings = z.infer<typeof gotowebinarSettings>;
