import type { ConnectorGuide } from '../contract/connector.ts';
import { SCHEDULE_TEMPLATE } from './schedule-template.ts';

export const googleSheetsGuide: ConnectorGuide = {
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
${SCHEDULE_TEMPLATE}`,
};
