import type { ConnectorGuide } from '../contract/connector.ts';

export const sendgridGuide: ConnectorGuide = {
  reads: 'What becomes of each e-mail: delivered, opened, clicked, bounced, unsubscribed.',
  why: 'The public key proves that events come from your SendGrid account.',
  template: `name: mail
connector: sendgrid
label: E-mail
settings:
  public_key: \${SENDGRID_PUBLIC_KEY}    # Settings, Mail settings, Event webhook: verification key
defaults:
  account: acme
`,
};
