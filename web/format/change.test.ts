import { describe, expect, test } from 'vitest';
import { formatChange } from './change.ts';

describe('formatChange', () => {
  test('amounts change relatively, with the difference beside it in tables', () => {
    expect(formatChange(12_384, 11_433, { format: 'integer', good: 'up', locale: 'en' })).toEqual({
      text: '+8.3%',
      longText: '+8.3% (+951)',
      direction: 'up',
      glyph: '▲',
      tone: 'good',
      words: 'up 8.3%, better',
    });
  });

  test('rates change in points, never in bare per cent', () => {
    expect(formatChange(0.302, 0.334, { format: 'percent', good: 'up', locale: 'en' })).toEqual({
      text: '−3.2 pp',
      longText: '−3.2 pp (−9.6%)',
      direction: 'down',
      glyph: '▼',
      tone: 'bad',
      words: 'down 3.2 points, worse',
    });
    expect(formatChange(0.5, 0.4, { format: '0.0%', locale: 'en' })?.text).toBe('+10.0 pp');
  });

  test('the change of a rate under 1 % has the two decimals of the rate', () => {
    expect(formatChange(0.0017, 0.0014, { format: 'percent', good: 'down', locale: 'en' })).toMatchObject({
      text: '+0.03 pp',
      direction: 'up',
      words: 'up 0.03 points, worse',
    });
  });

  test('what is good is told by the metric', () => {
    const tone = (current: number, good: 'up' | 'down' | 'neutral') =>
      formatChange(current, 100, { good, locale: 'en' })?.tone;
    expect([tone(120, 'up'), tone(120, 'down'), tone(120, 'neutral'), tone(80, 'down')]).toEqual([
      'good',
      'bad',
      'neutral',
      'good',
    ]);
  });

  test('from nothing there is no per cent', () => {
    expect(formatChange(5, 0, { locale: 'en' })).toMatchObject({
      text: '+5',
      longText: '+5',
      direction: 'up',
      words: 'up 5',
    });
    expect(formatChange(0.05, 0, { format: 'percent', locale: 'en' })).toMatchObject({
      text: '+5.0 pp',
      longText: '+5.0 pp',
    });
  });

  test('a change that rounds to nothing is none', () => {
    expect(formatChange(100_001, 100_000, { locale: 'en' })).toMatchObject({
      direction: 'flat',
      tone: 'neutral',
      words: 'unchanged',
    });
    expect(formatChange(0.300_01, 0.3, { format: 'percent', good: 'up', locale: 'en' })).toMatchObject({
      text: '0.0 pp',
      direction: 'flat',
      tone: 'neutral',
    });
    expect(formatChange(0, 0, { locale: 'en' })).toMatchObject({ text: '0', direction: 'flat' });
  });

  test('large changes need no decimals; negative bases keep the sign of the move', () => {
    expect(formatChange(456, 190, { locale: 'en' })?.text).toBe('+140%');
    expect(formatChange(-5, -10, { locale: 'en' })).toMatchObject({ text: '+50.0%', direction: 'up' });
  });

  test('with one side missing there is nothing to say', () => {
    expect(formatChange(null, 5, { locale: 'en' })).toBeNull();
    expect(formatChange(5, undefined, { locale: 'en' })).toBeNull();
    expect(formatChange(Number.NaN, 5, { locale: 'en' })).toBeNull();
  });
});
