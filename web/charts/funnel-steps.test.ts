import { expect, test } from 'vitest';
import type { FunnelInfo } from '../../src/contract/api.ts';
import { describeFunnel, funnelDefinition, stepSentence, takeaways, toFunnelSteps } from './funnel-steps.ts';
import { formats, queryResult } from './test-results.ts';

const rows = [
  { step: 'invited', label: 'Invited', reached: 210, median_seconds: null, p90_seconds: null },
  { step: 'activated', label: 'Activated', reached: 105, median_seconds: 3600, p90_seconds: 86_400 },
  { step: 'transacting', label: 'Transacting', reached: 34, median_seconds: 172_800, p90_seconds: null },
];
const before = [
  { step: 'invited', reached: 100 },
  { step: 'activated', reached: 60 },
  { step: 'transacting', reached: 18 },
];
const result = queryResult([], rows, {
  compare: { range: { start: '2024-01-01T00:00:00+07:00', end: '2024-02-01T00:00:00+07:00' }, rows: before },
});

test("the seed's funnel: 210, 105 = 50 %, 34 = 16.19 %", () => {
  const steps = toFunnelSteps(result);
  expect(steps.map((step) => [step.reached, step.lost])).toEqual([
    [210, 0],
    [105, 105],
    [34, 71],
  ]);
  expect(steps[1]?.fromStart).toBe(0.5);
  expect(steps[2]?.fromStart).toBeCloseTo(0.1619, 4);
  expect(steps[2]?.fromPrevious).toBeCloseTo(34 / 105, 10);
  expect(steps[2]?.compared).toEqual({ reached: 18, fromStart: 0.18, fromPrevious: 0.3 });
});

test('nobody entered: shares are unknown, not zero', () => {
  const [first, second] = toFunnelSteps(
    queryResult(
      [],
      rows.map((row) => ({ ...row, reached: 0 })),
    ),
  );
  expect(first?.fromStart).toBeNull();
  expect(second?.fromPrevious).toBeNull();
  expect(first && second && stepSentence(second, first, formats)).toContain('Nobody reached Invited');
});

test('one segment of a split funnel has its own comparison', () => {
  const split = queryResult(
    [],
    ['a', 'b'].flatMap((campaign) => rows.map((row) => ({ ...row, campaign }))),
    { compare: { range: { start: '', end: '' }, rows: [null, null, null, ...before] } },
  );
  expect(toFunnelSteps(split, { dimension: 'campaign', value: 'a' })[0]?.compared).toBeNull();
  expect(toFunnelSteps(split, { dimension: 'campaign', value: 'b' })[0]?.compared?.reached).toBe(100);
});

test('the pill says it all', () => {
  const [first, second] = toFunnelSteps(result);
  expect(first && second && stepSentence(second, first, formats)).toBe(
    '50.0% continued from Invited to Activated (105), 50.0% dropped off (105)',
  );
});

test('takeaways: largest loss, largest change, slowest step', () => {
  expect(takeaways(toFunnelSteps(result), formats).map((chip) => chip.text)).toEqual([
    'Largest loss: 105 between Invited and Activated',
    'Largest change: Invited to Activated, −10.0 pp',
    'Slowest: Activated to Transacting, 2 d (median)',
  ]);
});

test('the definition and the name are sentences', () => {
  const funnel: FunnelInfo = {
    name: 'invitation',
    label: 'Invitations',
    entity: 'account',
    window: '7 days',
    order: 'sequence',
    min_sample: 30,
    steps: [
      { name: 'invited', label: 'Invited' },
      { name: 'activated', label: 'Activated' },
    ],
  };
  const { lead, steps, tail } = funnelDefinition(funnel);
  expect(`${lead} ${steps}, ${tail}`).toBe(
    'People who were Invited → Activated, in this order, within 7 days, each account counted once.',
  );
  expect(describeFunnel('Invitations', toFunnelSteps(result), formats)).toBe(
    'Invitations, funnel: Invited 210, Activated 105 (50.00% of the first step), Transacting 34 (16.19% of the first step).',
  );
});
