import type { ConnectorGuide } from '../contract/connector.ts';
import { SCHEDULE_TEMPLATE } from './schedule-template.ts';

export const zoomGuide: ConnectorGuide = {
  reads:
    'Webinars of your hosts, who signed up (with tracking links and utm questions), and every join from the report of participants. With a secret token also events, as they happen.',
  why: 'A server-to-server app with read scopes only; nothing is changed in Zoom. Links that open rooms are not kept. Hosts and panelists are not counted.',
  template: `name: zoom
connector: zoom
label: Zoom Webinars
settings:
  # Marketplace, Develop, Build App, Server-to-Server OAuth: page App Credentials.
  account_id: \${ZOOM_ACCOUNT_ID}
  client_id: \${ZOOM_CLIENT_ID}
  client_secret: \${ZOOM_CLIENT_SECRET}
  # The secret token on its page Feature, if Zoom is to send events to the address of this source.
  # webhook_secret: \${ZOOM_WEBHOOK_SECRET}
  # Where the first read begins. Zoom keeps reports for about six months.
  # since: 2026-01-01
  # What Zoom does not know by itself, read from what it knows.
  details:
    region: { from: tracking_fields.Region }
    course: { from: topic, pattern: "^(.+?) for " }
${SCHEDULE_TEMPLATE}`,
};
