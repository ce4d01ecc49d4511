import type { SampleEntry } from '../sample/entry.ts';
import type { Customer } from './generator/audience.ts';
import { readBigMarker } from './generator/bigmarker-pages.ts';
import { readGoToWebinars } from './generator/gotowebinar-pages.ts';
import { Readings } from './generator/readings.ts';
import { tellStory } from './generator/tell-story.ts';
import { readZoomWebinars } from './generator/zoom-pages.ts';

/**
 * The sample: what the sources of the three services brought, morning by morning from November 2023 to 16 November 2024 (Asia/Jakarta),
 * in order of receipt: pages as the connectors keep them. The same bytes for the same customers; the figures are in README.md.
 * @param customers users of the platform, some of whom come to the webinars
 */
export function webinarsSample(customers: readonly Customer[]): Iterable<SampleEntry> {
  const webinars = tellStory(customers);
  const readings = new Readings();
  readBigMarker(webinars, readings);
  readZoomWebinars(webinars, readings);
  readGoToWebinars(webinars, readings);
  return readings.entries();
}
