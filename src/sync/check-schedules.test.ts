import { expect, it } from 'vitest';
import { parseSources } from '../connectors/sources.ts';
import { checkSchedules } from './check-schedules.ts';

function check(schedule: string) {
  const text = `version: 1
sources:
  - name: platform
    connector: postgres
    schedule: "${schedule}"
    settings:
      url: postgres://reader:secret@db.internal/app
      streams: [{ record: person, query: SELECT 1, key: id }]
  - name: hook
    connector: webhook
    settings: { token: a-token-of-the-test }
`;
  const { sources, problems, places } = parseSources([{ path: 'sources/main.yaml', text }], {});
  expect(problems).toEqual([]);
  return checkSchedules(sources, 'Europe/Berlin', places);
}

it.each(['0 6 * * *', 'manual', '*/15 8-18 * * 1-5'])('takes the schedule %s', (schedule) => {
  expect(check(schedule)).toEqual([]);
});

it.each(['every day', '0 25 * * *', '0 0 6 * * *', ''])('refuses the schedule %j', (schedule) => {
  expect(check(schedule)).toMatchObject([{ code: 'invalid_schedule', path: 'sources/main.yaml: sources.0.schedule' }]);
});
