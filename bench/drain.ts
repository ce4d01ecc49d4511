import { join } from 'node:path';
import { openJournal } from '../src/journal/journal.ts';
import { startServerProcess, temporaryFolder } from '../test/support/server.ts';
import { loadFreshness, waitUntilProjected } from './freshness.ts';
import { whatsappMessage } from './payloads.ts';

/** Writes a backlog into a new journal, starts the server on it and times how fast it is counted. */
export async function measureDrain(
  workspace: string,
  events: number,
  eventsPerEntry: number,
): Promise<{ events: number; eventsPerSecond: number }> {
  const data = temporaryFolder('bench-drain');
  const entries = Math.ceil(events / eventsPerEntry);
  const journal = await openJournal({ folder: join(data, 'main', 'journal') });
  for (let from = 0; from < entries; from += 1000) {
    const group = Array.from({ length: Math.min(1000, entries - from) }, (_, index) => {
      const { body, path, headers } = whatsappMessage('drain', (from + index) * eventsPerEntry, eventsPerEntry);
      return journal.append({
        source: 'wa',
        receivedAt: Date.now(),
        target: path,
        headers: { 'content-type': headers['content-type'] ?? '' },
        body: Buffer.from(body),
      });
    });
    await Promise.all(group);
  }
  await journal.close();

  const server = await startServerProcess({ data, workspace, env: { TURNOUT_LOG: 'warn' } });
  try {
    const { pending } = await loadFreshness(server.url);
    const started = performance.now();
    await waitUntilProjected(server.url);
    const seconds = (performance.now() - started) / 1000;
    return { events: pending * eventsPerEntry, eventsPerSecond: (pending * eventsPerEntry) / seconds };
  } finally {
    await server.stop();
  }
}
