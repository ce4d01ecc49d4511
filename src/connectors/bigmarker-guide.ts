import type { ConnectorGuide } from '../contract/connector.ts';
import { SCHEDULE_TEMPLATE } from './schedule-template.ts';

export const bigmarkerGuide: ConnectorGuide = {
  reads: 'Webinars, who registered and from where, who was in the room and when, and who watched the recording.',
  why: 'The API key sees what its member sees: take one of a member who may see the reports of the channel. Turnout only reads; it registers nobody and changes nothing.',
  template: `name: bigmarker
connector: bigmarker
label: BigMarker
settings:
  # Account settings, API.
  api_key: \${BIGMARKER_API_KEY}
  # White-label accounts have a host of their own.
  # base_url: https://webinars.example.com/api/v1
  # The first read goes back to this day; a year where it is left out.
  # since: 2026-01-01
  # What BigMarker does not know by itself, read out of its fields.
  details:
    region: { from: tags, pattern: "^region:(.+)$" }
    course: { from: tags, pattern: "^course:(.+)$" }
    # Where another service knows the same webinars: the key that both carry.
    # webinar_id: { from: custom_event_id }
${SCHEDULE_TEMPLATE}`,
};
