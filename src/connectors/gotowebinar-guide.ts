import type { ConnectorGuide } from '../contract/connector.ts';
import { SCHEDULE_TEMPLATE } from './schedule-template.ts';

export const gotowebinarGuide: ConnectorGuide = {
  reads: 'Webinars, who registered, who was in the room and when, and who watched on-demand webinars.',
  why: 'An OAuth client reads in the name of the organiser who allows it, and sees that organiser’s webinars. Turnout only reads; it registers nobody and changes nothing.',
  template: `name: goto
connector: gotowebinar
label: GoTo Webinar
settings:
  client_id: \${GOTO_CLIENT_ID}
  client_secret: \${GOTO_CLIENT_SECRET}
  # Lives for 30 days; GoTo renews it while Turnout reads.
  refresh_token: \${GOTO_REFRESH_TOKEN}
  # Whose webinars; of whoever allowed it where it is left out. In quotes.
  # organizer_key: "5123456789012345678"
  # Where people came from, their phone and answers: one request more for each registrant.
  registrant_details: false
  # The first read goes back to this day; a year where it is left out.
  # since: 2026-01-01
  # What GoTo does not know by itself, read out of its fields.
  details:
    region: { from: title, pattern: "\\\\((North|South)\\\\)$" }
${SCHEDULE_TEMPLATE}`,
};
