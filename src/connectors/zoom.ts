import type { PushConnector } from '../contract/connector.ts';
import { PAGE_HEADERS, type PullConnector, type PullEffects, PullError, type StreamReport } from '../contract/pull.ts';
import { maskPeople } from './mask-people.ts';
import { webinarFeed, webinarStream } from './webinar-streams.ts';
import { parseZoomEvent } from './zoom-events.ts';
import { zoomGuide } from './zoom-guide.ts';
import { readZoom, STREAMS, type ZoomStream } from './zoom-read.ts';
import { parseZoomPage } from './zoom-records.ts';
import { type ZoomSettings, zoomSettings } from './zoom-settings.ts';
import { answerUrlValidation, checkZoomSignature } from './zoom-signature.ts';
import { zoomTargets } from './zoom-token.ts';

const DAY_MS = 86_400_000;
const SAMPLE_ROWS = 5;

/** Zoom Webinars: read by REST with a server-to-server app, and sending events where the app has a secret token. */
export const zoom: PullConnector<ZoomSettings> & PushConnector<ZoomSettings> = {
  name: 'zoom',
  title: 'Zoom Webinars',
  guide: zoomGuide,
  settings: zoomSettings,
  revisable: true,
  keepHeaders: [],
  feeds: () => STREAMS.map(webinarFeed),
  streams: () => STREAMS.map(webinarStream),
  targets: zoomTargets,
  verify: (request, { webhook_secret }, now) => checkZoomSignature(request, webhook_secret, now),
  answer: (request, { webhook_secret }) => answerUrlValidation(request, webhook_secret),
  read: readZoom,

  async check(settings, effects) {
    const reports: StreamReport[] = [];
    // One after the other: the limits of the account are for all its apps.
    for (const name of STREAMS) reports.push(await checkStream(name, settings, effects));
    return reports;
  },

  parse(entry, context) {
    const stream = entry.headers[PAGE_HEADERS.stream];
    return stream === undefined ? parseZoomEvent(entry, context) : parseZoomPage(stream, entry, context);
  },
};

/** The first page of the last month and the next that holds anything. */
async function checkStream(name: ZoomStream, settings: ZoomSettings, effects: PullEffects): Promise<StreamReport> {
  const began = effects.now();
  const report = (ok: boolean, detail: string, sample: StreamReport['sample'] = []): StreamReport => ({
    stream: name,
    ok,
    detail,
    elapsed_ms: effects.now() - began,
    rows: null,
    columns: [],
    sample,
  });
  const range = { from: new Date(began - 30 * DAY_MS).toISOString(), to: new Date(began + 30 * DAY_MS).toISOString() };
  const stream = webinarStream(name);
  try {
    for await (const page of readZoom({ settings, stream, cursor: null, range }, effects)) {
      if (page.rows === 0) continue;
      const entry = {
        seq: 0,
        receivedAt: began,
        target: '',
        headers: { [PAGE_HEADERS.stream]: name },
        body: page.body,
      };
      const sample = parseZoomPage(name, entry, { source: '', settings, defaults: {} })
        .flatMap((item) => (item.ok ? [maskPeople(item.record) as Record<string, unknown>] : []))
        .slice(0, SAMPLE_ROWS);
      return report(true, `Can be read: the first page of the last 30 days holds ${page.rows} rows.`, sample);
    }
    return report(true, 'Can be read, but there is nothing in the last and the next 30 days.');
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return report(false, error.message);
  }
}
