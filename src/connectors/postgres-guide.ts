import type { ConnectorGuide } from '../contract/connector.ts';
import { SCHEDULE_TEMPLATE } from './schedule-template.ts';

export const postgresGuide: ConnectorGuide = {
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
${SCHEDULE_TEMPLATE}`,
};
