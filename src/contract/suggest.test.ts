import { describe, expect, it } from 'vitest';
import { didYouMean, nearestWord } from './suggest.ts';

const known = ['charges', 'charged_messages', 'delivery_rate', 'dau'];

describe('nearestWord', () => {
  it('finds the word behind a slip, a swap or a wrong case', () => {
    expect(nearestWord('chagres', known)).toBe('charges');
    expect(nearestWord('Delivery_rat', known)).toBe('delivery_rate');
    expect(nearestWord('DAU', known)).toBe('dau');
  });

  it('offers nothing where nothing is near', () => {
    expect(nearestWord('weather', known)).toBeUndefined();
    expect(nearestWord('', known)).toBeUndefined();
  });

  it('words the hint', () => {
    expect(didYouMean('charge', known)).toBe('Did you mean "charges"?');
    expect(didYouMean('weather', known)).toBeUndefined();
  });
});
