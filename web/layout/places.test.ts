import { expect, test } from 'vitest';
import { isUnderSources, placeLabel } from './places.ts';

test('the breadcrumb names pages and sources', () => {
  expect(placeLabel('/sources')).toBe('Sources');
  expect(placeLabel('/sources/new')).toBe('Connect a source');
  expect(placeLabel('/sources/crm')).toBe('crm');
  expect(placeLabel('/sources/crm/edit')).toBe('crm');
  expect(placeLabel('/import/7f')).toBe('Import a file');
  expect(placeLabel('/d/overview')).toBe(null);
});

test('what belongs to Sources in the menu', () => {
  expect(['/sources', '/sources/crm', '/ledger', '/import/7f'].map(isUnderSources)).toEqual([true, true, true, true]);
  expect(['/', '/d/overview', '/sourcest'].map(isUnderSources)).toEqual([false, false, false]);
});
