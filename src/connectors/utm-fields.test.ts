import { expect, test } from 'vitest';
import { unpackSource, utmOfForm } from './utm-fields.ts';

test.each([
  ['whatsapp.message.wbn-r1', { utm_source: 'whatsapp', utm_medium: 'message', utm_campaign: 'wbn-r1' }],
  ['whatsapp.message.wbn.r1', { utm_source: 'whatsapp', utm_medium: 'message', utm_campaign: 'wbn.r1' }],
  ['whatsapp..wbn-r1', { utm_source: 'whatsapp', utm_campaign: 'wbn-r1' }],
  ['newsletter', { utm_source: 'newsletter' }],
  ['WhatsApp reminder', { utm_source: 'WhatsApp reminder' }],
  ['www.example.com', { utm_source: 'www.example.com' }],
  ['https://example.org/a', { utm_source: 'https://example.org/a' }],
  ['  ', {}],
])('%s', (packed, fields) => {
  expect(unpackSource(packed)).toEqual(fields);
});

test('fields of a form are found whatever their spelling; the first that says something holds', () => {
  const form: [string, string][] = [
    ['UTM Source', ''],
    ['utm_source', 'google'],
    ['utmSource', 'bing'],
    ['utm-medium', ' cpc '],
    ['How did you hear about us?', 'WhatsApp'],
  ];
  expect(utmOfForm(form)).toEqual({ utm_source: 'google', utm_medium: 'cpc' });
});
