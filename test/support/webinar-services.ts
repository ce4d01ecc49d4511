import { bigmarker } from '../../src/connectors/bigmarker.ts';
import { gotowebinar } from '../../src/connectors/gotowebinar.ts';
import { zoom } from '../../src/connectors/zoom.ts';
import type { PullConnector } from '../../src/contract/pull.ts';
import { startFakeBigMarker } from './fake-bigmarker.ts';
import { startFakeGoTo } from './fake-gotowebinar.ts';
import { startFakeZoom } from './fake-zoom.ts';
import { readAll, testEffects } from './test-effects.ts';
import type { WebinarWorld } from './webinar-world.ts';

interface WebinarService {
  connector: PullConnector;
  /** A fake on loopback that tells of the world. @param now UTC milliseconds: nothing later is told */
  start(world: WebinarWorld, now: () => number): Promise<{ settings: object; close(): Promise<void> }>;
}

/** The webinar services that are read, by connector. */
export const WEBINAR_SERVICES: Record<string, WebinarService> = {
  bigmarker: { connector: bigmarker as PullConnector, start: (world, now) => startFakeBigMarker(world, now) },
  gotowebinar: { connector: gotowebinar as PullConnector, start: (world, now) => startFakeGoTo(world, now) },
  zoom: { connector: zoom as PullConnector, start: (world, now) => startFakeZoom(world, { now }) },
};

/** A page with at least one row, as its stream brought it. */
export interface ServicePage {
  stream: string;
  text: string;
}

/** What a first run reads of a world, over the service's sockets. @param now UTC milliseconds */
export async function readService(
  { connector, start }: WebinarService,
  world: WebinarWorld,
  now: number,
): Promise<{ settings: unknown; pages: ServicePage[] }> {
  const fake = await start(world, () => now);
  try {
    const settings = connector.settings.parse(fake.settings);
    const pages: ServicePage[] = [];
    for (const stream of connector.streams(settings)) {
      const { effects } = testEffects({ now: () => now });
      const read = await readAll(connector, { settings, stream, cursor: null }, effects);
      if (read.error !== undefined) throw read.error;
      for (const { body, rows } of read.pages)
        if (rows > 0) pages.push({ stream: stream.name, text: body.toString('utf8') });
    }
    return { settings, pages };
  } finally {
    await fake.close();
  }
}
