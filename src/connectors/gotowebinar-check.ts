import { type PullEffects, PullError, type StreamReport } from '../contract/pull.ts';
import { goToApi } from './gotowebinar-api.ts';
import { listWebinars, pathOf } from './gotowebinar-pages.ts';
import { parseGoToPage } from './gotowebinar-records.ts';
import type { GoToWebinarSettings } from './gotowebinar-settings.ts';
import { reportWebinars } from './webinar-check.ts';

/** Lists the webinars around now, and looks at the registrations of one of them. */
export async function checkGoToWebinar(settings: GoToWebinarSettings, effects: PullEffects): Promise<StreamReport[]> {
  const api = goToApi(settings, undefined, effects);
  const parse = (stream: string, body: unknown) =>
    parseGoToPage(
      { body: Buffer.from(JSON.stringify(body)), headers: { 'turnout-stream': stream }, receivedAt: effects.now() },
      { settings },
    );
  return reportWebinars(
    {
      windows: settings,
      list: (from, to) => listWebinars(api, from, to, effects.now()),
      parseWebinars: (webinars) => parse('webinars', { _embedded: { webinars } }),
      async registrations({ content, title }) {
        const rows = await api.list(`${pathOf(await api.organizer(), content)}/registrants`);
        if (rows === undefined)
          throw new PullError('settings', `This client may not see the registrants of "${title}".`);
        return {
          rows: rows.length,
          items: parse('registrations', { webinar: content, registrants: rows.slice(0, 5) }),
        };
      },
    },
    effects,
  );
}
