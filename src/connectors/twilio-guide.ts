import type { ConnectorGuide } from '../contract/connector.ts';

export const twilioGuide: ConnectorGuide = {
  reads: 'Callbacks of messages and calls: delivered, failed, answered, keys pressed, price.',
  why: 'The auth token proves that a callback comes from Twilio.',
  template: `name: twilio-main
connector: twilio
label: Twilio
settings:
  auth_token: \${TWILIO_AUTH_TOKEN}           # Twilio console: Account, API keys and tokens
  public_url: https://turnout.example.com    # where Twilio reaches this Turnout
defaults:
  account: acme
`,
};
