import { TurnoutError } from '../contract/errors.ts';
import type { TablePage } from '../contract/table-page.ts';
import { lookAtFile, readFilePages } from './read-file.ts';
import type { FromChild, ToChild } from './reader-messages.ts';

/** The child process that reads one file: whatever the file does to it, nobody else is harmed. */

type Answer = FromChild extends infer One ? (One extends unknown ? Omit<One, 'peakRss'> : never) : never;

let pages: AsyncGenerator<TablePage> | undefined;
let sent = 0;
/** One request after the other. */
let queue: Promise<void> = Promise.resolve();

process.on('message', (message: ToChild) => {
  queue = queue.then(() => answer(message));
});
// Without the server there is nobody to read for.
process.on('disconnect', () => process.exit(0));

async function answer(message: ToChild): Promise<void> {
  try {
    const said = await act(message);
    if (said !== undefined) send(said);
  } catch (error) {
    pages = undefined;
    send({
      is: 'error',
      sentence: error instanceof TurnoutError ? error.message : null,
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}

async function act(message: ToChild): Promise<Answer | undefined> {
  switch (message.do) {
    case 'look':
      return { is: 'look', look: await lookAtFile(message.path, message.chosen, message.limits) };
    case 'open':
      pages = readFilePages(message.path, message.format, message.limits);
      return undefined;
    case 'next': {
      const next = await pages?.next();
      if (next === undefined || next.done) return { is: 'end', pages: sent };
      sent += 1;
      return { is: 'page', page: next.value };
    }
  }
}

function send(said: Answer): void {
  // maxRSS is in kilobytes on every system that Node runs on.
  const peakRss = process.resourceUsage().maxRSS * 1024;
  process.send?.({ ...said, peakRss } satisfies FromChild);
}
