import type { ConnectorGuide } from '../contract/connector.ts';

export const csvGuide: ConnectorGuide = {
  reads: 'CSV and Excel files that a person or a program drops into a folder of your workspace.',
  why: 'For a single file, or to have the columns matched for you, use "Import a file" instead. Files are only read, never moved or deleted.',
  template: `# A short name: it stands in addresses and in the ledger.
name: operator
connector: csv
label: Operator
# Looks for new and changed files every quarter of an hour.
schedule: "*/15 * * * *"
settings:
  folder: inbox/operator        # inside your workspace folder
  pattern: "*.csv"              # all CSV and Excel files where absent
  # What a row is, and which column is what.
  mapping:
    record: message_event
    columns:
      - { field: message_id, column: Message ID }
      - { field: channel, value: sms }
      - { field: recipient.phone, column: Phone }
      - { field: status, column: Status, values: { OK: delivered, ERR: failed } }
      - { field: at, column: Time }
`,
};
