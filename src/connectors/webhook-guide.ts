import type { ConnectorGuide } from '../contract/connector.ts';

export const webhookGuide: ConnectorGuide = {
  reads: 'Records that your own systems send, one by one or in lists.',
  why: 'The token keeps others from sending. Make one up of at least 16 characters.',
  template: `name: shop
connector: webhook
label: Shop
settings:
  token: \${SHOP_TOKEN}    # sent as: Authorization: Bearer <token>
`,
};
