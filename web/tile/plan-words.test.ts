import { expect, test } from 'vitest';
import { planSentences, sourceWords } from './plan-words.ts';

test('where numbers come from, whether roll-ups or facts answered', () => {
  expect(sourceWords([])).toBe('no source');
  expect(sourceWords(['raw facts: activities, messages', 'raw facts: messages'])).toBe('from activities and messages');
  expect(sourceWords(['roll-up messages by channel, days', 'roll-up messages, hours + facts of 2 pending hours'])).toBe(
    'from messages',
  );
  expect(sourceWords(['raw facts: invitations; index of transactions by account + facts of 1 hour'])).toBe(
    'from invitations and transactions',
  );
  expect(sourceWords(['roll-up account_activity, days', 'raw facts: messages (no roll-up has failure_reason)'])).toBe(
    'from account activity and messages',
  );
});

test('what it cost, or that the answer was known', () => {
  const meta = {
    plan: ['roll-up messages, days', 'roll-up messages, days'],
    rows_read: 1_204,
    elapsed_ms: 12.4,
    cached: false,
  };
  expect(planSentences(meta, 'en')).toEqual(['Roll-up messages, days.', '1,204 rows read in 12 ms.']);
  expect(planSentences({ ...meta, rows_read: 1, elapsed_ms: 0 }, 'en').at(-1)).toBe('1 row read in less than 1 ms.');
  expect(planSentences({ ...meta, plan: [], cached: true }, 'en')).toEqual([
    'The answer was known from before; nothing of it has changed since. 1,204 rows read to make it.',
  ]);
});
