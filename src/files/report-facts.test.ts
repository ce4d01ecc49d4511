import { expect, test } from 'vitest';
import { reportFacts } from './report-facts.ts';

test('names above their values, as Zoom writes them; counts and the time of the report are left out', () => {
  expect(
    reportFacts([
      ['Attendee Report', ''],
      ['Report generated time', '11/19/2026 09:00:12 AM'],
      ['Topic', 'Webinar ID', 'Actual Start Time', 'Actual Duration (minutes)', '# Registrants', 'Unique Viewers'],
      ['Scaling onboarding', '955 5010 0123', '11/18/2026 11:58:31 AM', '64', '3', '2'],
      ['Host Details'],
      ['Attended', 'Email', 'Join Time'],
      ['Yes', 'host@example.com', '11/18/2026 11:58:31 AM'],
    ]),
  ).toEqual([
    { name: 'Report: Topic', value: 'Scaling onboarding' },
    { name: 'Report: Webinar ID', value: '955 5010 0123' },
    { name: 'Report: Actual Start Time', value: '11/18/2026 11:58:31 AM' },
    { name: 'Report: Actual Duration (minutes)', value: '64' },
  ]);
});

test('names beside their values', () => {
  expect(
    reportFacts([
      ['Webinar Name:', 'Scaling onboarding', null],
      ['Webinar ID', '555-010-123'],
      ['Actual Start Date/Time', 'Nov 18, 2026 12:00 PM EST'],
      ['Duration', '1 hour 4 minutes'],
      ['# Registered', 3],
      [],
    ]),
  ).toEqual([
    { name: 'Report: Webinar Name', value: 'Scaling onboarding' },
    { name: 'Report: Webinar ID', value: '555-010-123' },
    { name: 'Report: Actual Start Date/Time', value: 'Nov 18, 2026 12:00 PM EST' },
    { name: 'Report: Duration', value: '1 hour 4 minutes' },
  ]);
});

test('an ordinary table has none', () => {
  expect(
    reportFacts([
      ['Email', 'Join Time'],
      ['a@example.com', '2026-11-18'],
    ]),
  ).toEqual([]);
  expect(reportFacts([])).toEqual([]);
});
