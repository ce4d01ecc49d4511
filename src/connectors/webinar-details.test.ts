import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIGMARKER_FIELDS } from './bigmarker-fields.ts';
import { GOTOWEBINAR_FIELDS } from './gotowebinar-fields.ts';
import { parseSources } from './sources.ts';
import { readDetails, readFields, webinarDetails } from './webinar-details.ts';
import { ZOOM_FIELDS, zoomDetailFields } from './zoom-webinar.ts';

const SETTINGS = {
  bigmarker: { api_key: 'an-api-key' },
  gotowebinar: { client_id: 'client', client_secret: 'client-secret', refresh_token: 'refresh-token' },
  zoom: { account_id: 'account', client_id: 'client', client_secret: 'client-secret' },
};
const FIELDS = { bigmarker: BIGMARKER_FIELDS, gotowebinar: GOTOWEBINAR_FIELDS, zoom: ZOOM_FIELDS };
const SERVICES = ['bigmarker', 'gotowebinar', 'zoom'] as const;

function problemsOf(service: (typeof SERVICES)[number], details: object) {
  const source = { name: 'webinars', connector: service, settings: { ...SETTINGS[service], details } };
  const text = JSON.stringify({ version: 1, sources: [source] });
  return parseSources([{ path: 'sources/webinars.yaml', text }], {}).problems;
}

describe.each(SERVICES)('details of %s', (service) => {
  const names = Object.keys(FIELDS[service]);

  test('any field that is read may be named', () => {
    for (const from of names) expect(problemsOf(service, { region: { from } }), from).toEqual([]);
  });

  test('a field that is not read is refused with the fields that are', () => {
    expect(problemsOf(service, { region: { from: 'tittle' } })).toEqual([
      {
        code: 'invalid',
        path: 'sources/webinars.yaml: sources.0.settings.details.region.from',
        message: expect.stringMatching(/^A webinar has no such field here\. Known are .*\.$/),
        hint: 'Did you mean "title"?',
      },
    ]);
    const [far] = problemsOf(service, { region: { from: 'constructor' } });
    expect(far?.hint).toBeUndefined();
    for (const name of names) expect(far?.message).toContain(name);
  });

  test('its page names them all', () => {
    const page = readFileSync(join(import.meta.dirname, `../../docs/connect/${service}.md`), 'utf8');
    for (const name of names) expect(page, name).toContain(`\`${name}\``);
  });
});

test('a mistyped detail is refused, too', () => {
  expect(problemsOf('zoom', { regoin: { from: 'topic' } })).toMatchObject([
    { code: 'unknown_key', hint: 'Did you mean "region"?' },
  ]);
});

test('tracking fields of Zoom have any name, but have one', () => {
  expect(problemsOf('zoom', { region: { from: 'tracking_fields.Sales area' } })).toEqual([]);
  expect(problemsOf('zoom', { region: { from: 'tracking_field.Region' } })).toMatchObject([
    { hint: 'Did you mean "tracking_fields.Region"?', message: expect.stringContaining('tracking_fields.<Name>') },
  ]);
  expect(problemsOf('zoom', { region: { from: 'tracking_fields.' } })).toMatchObject([{ code: 'invalid' }]);
  expect(problemsOf('bigmarker', { region: { from: 'tracking_fields.Region' } })).toMatchObject([{ code: 'invalid' }]);
});

test('details are read from texts and lists, by pattern and by values; what is not found is absent', () => {
  const conference = {
    title: 'Intro for beginners',
    tags: [{ name: 'lang:es' }, 'Region:North', 'region:South'],
    custom_event_id: 42,
    purpose: '',
  };
  const details = webinarDetails(Object.keys(BIGMARKER_FIELDS)).parse({
    webinar_id: { from: 'custom_event_id' },
    region: { from: 'tags', pattern: '^region:(.+)$' },
    course: { from: 'title', pattern: '^(.+?) for ', values: { intro: 'First steps' } },
    language: { from: 'tags', pattern: '^lang:' },
    series: { from: 'series' },
    host: { from: 'description' },
  });
  expect(readDetails(details, readFields(BIGMARKER_FIELDS, conference))).toEqual({
    webinar_id: '42',
    region: 'North',
    course: 'First steps',
    language: 'lang:',
  });
});

test('a tracking field is read by its name, and a missing one is absent', () => {
  const webinar = { topic: 'Onboarding', tracking_fields: [{ field: 'Region', value: 'South' }, { field: 'Empty' }] };
  const given = { region: { from: 'tracking_fields.Region' }, course: { from: 'tracking_fields.toString' } };
  const details = webinarDetails([], { prefixes: ['tracking_fields.'] }).parse(given);
  expect(readDetails(details, zoomDetailFields(webinar))).toEqual({ region: 'South' });
});
