import { z } from 'zod';
import type { PullConnector } from '../contract/pull.ts';
import { poison } from './parsed-item.ts';

/** Files of history, loaded with `turnout load`: nothing is read by itself, and no entry of the journal holds a record. */
export const history: PullConnector<Record<string, never>> = {
  name: 'history',
  title: 'History (files of merged messages)',
  guide: {
    reads: 'Years of messages from files, one JSON object a line, as they ended: turnout load FILE --as NAME.',
    why: 'For moving in from another system. Files are copied into the journal; what Turnout reads is the copy.',
    template: `# turnout load writes this file by itself.
name: history
connector: history
label: History
settings: {}
`,
  },
  mode: 'file',
  settings: z.strictObject({}),
  revisable: false,
  feeds: () => [{ record: 'message_event' }],
  streams: () => [],
  targets: () => [],
  check: async () => [],
  async *read() {},
  parse: (entry) => [poison('Files of history are loaded with turnout load.', entry.body)],
};
