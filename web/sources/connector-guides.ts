/** What a person needs to declare a source of each connector: what is read, why, and a text to begin with. */
export interface ConnectorGuide {
  /** What Turnout takes from the service. */
  reads: string;
  /** What it does not touch, and what it needs the credentials for. */
  why: string;
  template: string;
}

const EXPECT = `# When it is read: cron in the workspace's time zone, or manual. This is every morning at six.
schedule: "0 6 * * *"
# What it owes: complete by this time every day. After that it is shown as late.
expect: { by: "07:00" }
`;

export const CONNECTOR_GUIDES: Record<string, ConnectorGuide> = {
  postgres: {
    reads: 'The rows that your queries answer: people, invitations, messages, purchases, or a table of your own.',
    why: 'Every query runs in a read-only transaction. Give it a user that may only read; nothing is ever written there.',
    template: `# A short name: it stands in addresses and in the ledger.
name: crm
connector: postgres
label: Customer database
settings:
  # A secret of the server's environment, or the address itself: it is kept in a file of its own and never shown again.
  url: \${CRM_DATABASE_URL}      # postgres://user:password@host:5432/database
  # verify: encrypted, and the certificate is checked. require: encrypted only. off: plain text.
  tls: verify
  # One entry for each thing to read. The names of the columns are the fields of the record.
  streams:
    - record: person
      key: id                   # what makes a row unique
      cursor: updated_at        # only rows changed since the last time; leave it out to read everything every time
      look_back: 10 minutes     # read this much before the cursor again, for rows that were written late
      query: |
        SELECT id, 'account' AS kind, email, phone, created_at AS registered_at, updated_at
        FROM users
    # A table of your own: its columns become a dataset that can be charted.
    # - record: row
    #   table: shops
    #   key: id
    #   query: SELECT id, name, region, opened_on FROM shops
${EXPECT}`,
  },
  google_sheets: {
    reads: 'The rows of the sheets that you name, as records or as a table of your own.',
    why: 'A service account sees only the spreadsheets that are shared with it; share yours with its address as viewer. A published link needs no account, but whoever has the link can read the sheet.',
    template: `name: plan
connector: google_sheets
label: Sales plan
settings:
  # The JSON key of the service account, as one text.
  service_account: \${SHEETS_KEY}
  spreadsheet: https://docs.google.com/spreadsheets/d/your-spreadsheet-id/edit
  # Instead of both: the link of File, Share, Publish to web, as CSV.
  # published_url: https://docs.google.com/spreadsheets/d/e/your-published-id/pub?output=csv
  sheets:
    - name: Plan                # the stream
      range: "'Plan 2026'!A1:G"  # sheet and columns; the first row of it is the header
      table: plan               # its columns become a dataset that can be charted
${EXPECT}`,
  },
  whatsapp: {
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
  },
  twilio: {
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
  },
  sendgrid: {
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
  },
  webhook: {
    reads: 'Records that your own systems send, one by one or in lists.',
    why: 'The token keeps others from sending. Make one up of at least 16 characters.',
    template: `name: shop
connector: webhook
label: Shop
settings:
  token: \${SHOP_TOKEN}    # sent as: Authorization: Bearer <token>
`,
  },
};

/** For a connector without a guide: its required settings, with what its schema says of them. */
export function guideFor(
  name: string,
  mode: 'push' | 'pull' | 'file',
  schema: Record<string, unknown>,
): ConnectorGuide {
  const known = CONNECTOR_GUIDES[name];
  if (known) return known;
  const properties = (schema['properties'] ?? {}) as Record<string, { description?: string; type?: string }>;
  const required = new Set((schema['required'] ?? []) as string[]);
  const lines = Object.entries(properties).map(([key, { description, type }]) => {
    const comment = [required.has(key) ? null : 'optional', type, description].filter(Boolean).join(', ');
    return `  ${required.has(key) ? '' : '# '}${key}:${comment === '' ? '' : `    # ${comment}`}`;
  });
  return {
    reads: 'What its settings below name.',
    why: 'See its page in the documentation for where to find each setting.',
    template: `name: my-${name}\nconnector: ${name}\nsettings:\n${lines.join('\n') || '  {}'}\n${mode === 'pull' ? EXPECT : ''}`,
  };
}
