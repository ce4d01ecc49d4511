import { expect, test } from 'vitest';
import type { ParameterInfo } from '../../src/contract/api.ts';
import { chosenValues } from './parameter-picker.tsx';

const short: ParameterInfo = { name: 'short', label: 'Short', default: 5, min: 0, max: 600, step: 1, unit: 'minute' };
const long: ParameterInfo = { ...short, name: 'long', label: 'Long', default: 30 };

test.each([
  ['keeps what was not typed', { long: 45 }, {}, { long: 45 }],
  ['takes what was typed', { long: 45 }, { short: '10' }, { long: 45, short: 10 }],
  ['leaves defaults out of the address', { short: 10 }, { short: '5' }, {}],
  ['stays within the limits', {}, { short: '700', long: '-1' }, { short: 600, long: 0 }],
  ['ignores an empty field', { short: 7 }, { short: ' ' }, { short: 7 }],
  ['reads fractions', {}, { short: '2.5' }, { short: 2.5 }],
])('%s', (_, values, texts, expected) => {
  expect(chosenValues([short, long], values, texts)).toEqual(expected);
});
