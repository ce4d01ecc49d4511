import type { ConnectorGuide } from '../contract/connector.ts';

export const whatsappGuide: ConnectorGuide = {
  reads: 'What becomes of each message you send: sent, delivered, read, answered, failed, and what it is billed as.',
  why: 'The app secret proves that a notification comes from Meta. Texts of messages and names are not kept.',
  template: `name: wa-main
connector: whatsapp
label: WhatsApp
settings:
  app_secret: \${WA_APP_SECRET}        # Meta app dashboard: App settings, Basic
  verify_token: \${WA_VERIFY_TOKEN}    # make one up; you paste it beside the address
# What the service does not say.
defaults:
  account: acme
  category: marketing
`,
};
