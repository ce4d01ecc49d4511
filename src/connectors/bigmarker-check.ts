import { type PullEffects, PullError, type StreamReport } from '../contract/pull.ts';
import { bigmarkerApi } from './bigmarker-api.ts';
import { listConferences } from './bigmarker-pages.ts';
import { parseBigMarkerPage } from './bigmarker-records.ts';
import type { BigMarkerSettings } from './bigmarker-settings.ts';
import { reportWebinars } from './webinar-check.ts';

/** Lists the webinars around now, and looks at the registrations of one of them. */
export async function checkBigMarker(settings: BigMarkerSettings, effects: PullEffects): Promise<StreamReport[]> {
  const api = bigmarkerApi(settings, effects);
  return reportWebinars(
    {
      windows: settings,
      list: async (from, to) => (await listConferences(api, settings, effects, from, to)).entries,
      parseWebinars: (contents) => parse('webinars', { conferences: contents }),
      async registrations(webinar) {
        const path = `/conferences/registrations_with_fields/${encodeURIComponent(webinar.id)}`;
        const rows = await api.list(path, 'registrations');
        if (rows === undefined)
          throw new PullError('settings', `This key may not see the registrations of "${webinar.title}".`);
        return {
          rows: rows.length,
          items: parse('registrations', { conference: webinar.content, registrations: rows.slice(0, 5) }),
        };
      },
    },
    effects,
  );

  function parse(stream: string, body: unknown) {
    const entry = {
      body: Buffer.from(JSON.stringify(body)),
      headers: { 'turnout-stream': stream },
      receivedAt: effects.now(),
    };
    return parseBigMarkerPage(entry, { settings });
  }
}
