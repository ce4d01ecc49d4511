import type { ParsedItem } from '../contract/connector.ts';
import { type PullEffects, PullError, type StreamReport } from '../contract/pull.ts';
import { maskPeople } from './mask-people.ts';
import type { CatalogueEntry } from './webinar-catalogue.ts';
import type { Windows } from './webinar-passes.ts';
import { WEBINAR_STREAMS } from './webinar-streams.ts';

/** What `Test` says about a webinar service: whether it lets us in, what it lists, how records come out of it. */

export interface WebinarLook {
  windows: Windows;
  list(from: number, to: number): Promise<CatalogueEntry[]>;
  parseWebinars(contents: Record<string, unknown>[]): ParsedItem[];
  registrations(webinar: CatalogueEntry): Promise<{ rows: number; items: ParsedItem[] }>;
}

const DAY_MS = 86_400_000;
const SHOWN = 5;

export async function reportWebinars(look: WebinarLook, effects: PullEffects): Promise<StreamReport[]> {
  const began = effects.now();
  const report = (
    stream: string,
    found: Partial<StreamReport> & Pick<StreamReport, 'ok' | 'detail'>,
  ): StreamReport => ({
    stream,
    elapsed_ms: effects.now() - began,
    rows: null,
    columns: [],
    sample: [],
    ...found,
  });
  const { look_back_days: back, ahead_days: ahead } = look.windows;
  let listed: CatalogueEntry[];
  try {
    listed = await look.list(began - back * DAY_MS, began + ahead * DAY_MS);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const { message } = error;
    return WEBINAR_STREAMS.map((stream) => report(stream, { ok: false, detail: message }));
  }
  const newest = listed.toSorted((a, b) => b.at - a.at);
  const detail = `Found ${listed.length} ${listed.length === 1 ? 'webinar' : 'webinars'} from ${back} days ago to ${ahead} days ahead.`;
  const webinars = report('webinars', {
    ok: true,
    detail: listed.length === 0 ? `${detail} Does this account see the right webinars?` : detail,
    rows: listed.length,
    sample: sampleOf(look.parseWebinars(newest.slice(0, SHOWN).map(({ content }) => content))),
  });
  const looked = newest.find(({ at }) => at <= began) ?? newest[0];
  return [webinars, ...(await Promise.all(WEBINAR_STREAMS.slice(1).map((stream) => lookAt(stream))))];

  async function lookAt(stream: string): Promise<StreamReport> {
    if (stream !== 'registrations' || looked === undefined)
      return report(stream, { ok: true, detail: 'Read per webinar; the first sync shows how much there is.' });
    try {
      const { rows, items } = await look.registrations(looked);
      const reasons = items.flatMap((item) => (item.ok ? [] : [item.reason]));
      const found = `"${looked.title}" has ${rows} ${rows === 1 ? 'registration' : 'registrations'}.`;
      return report(stream, { ok: true, detail: [found, ...reasons.slice(0, 1)].join(' '), sample: sampleOf(items) });
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return report(stream, { ok: false, detail: error.message });
    }
  }
}

function sampleOf(items: readonly ParsedItem[]): Record<string, unknown>[] {
  return items.flatMap((item) => (item.ok ? [maskPeople(item.record) as Record<string, unknown>] : []));
}
