import { expect, test } from 'vitest';
import { scheduleWords } from './schedule-words.ts';

test.each([
  [undefined, 'on its schedule'],
  ['manual', 'only when someone starts it'],
  ['0 6 * * *', 'every day at 06:00'],
  ['30 7 * * 1-5', 'on weekdays at 07:30'],
  ['5 7 * * 1,4', 'on Monday and Thursday at 07:05'],
  ['0 9 * * 0', 'on Sunday at 09:00'],
  ['0 6,12,18 * * *', 'every day at 06:00, 12:00, and 18:00'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['* * * * *', 'every minute'],
  ['0 * * * *', 'every hour'],
  ['10 */6 * * *', 'every 6 hours, at 10 minutes past'],
  ['0 8-18 * * 1-5', 'every hour from 08:00 to 18:00, on weekdays'],
  ['0 6 1 * *', 'on day 1 of each month at 06:00'],
  ['0 6 * 1 *', 'by the cron line “0 6 * 1 *”'],
  ['0 6 1 * 1', 'by the cron line “0 6 1 * 1”'],
  ['0 25 * * *', 'by the cron line “0 25 * * *”'],
  ['nonsense', 'by the cron line “nonsense”'],
])('%s is %s', (line, words) => {
  expect(scheduleWords(line, 'en-GB')).toBe(words);
});

test('hours follow the locale', () => {
  expect(scheduleWords('30 18 * * *', 'en-US').replace('\u202f', ' ')).toBe('every day at 6:30 PM');
});
