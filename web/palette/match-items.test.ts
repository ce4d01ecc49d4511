import { expect, test } from 'vitest';
import { matchItems, type Searchable } from './match-items.ts';

const ITEMS: Searchable[] = [
  { id: 'tile', label: 'Delivery by SMS route' },
  { id: 'whatsapp', label: 'Channel is WhatsApp', aliases: ['WhatsApp'] },
  { id: 'sms', label: 'Channel is SMS', aliases: ['SMS'] },
  { id: 'year', label: 'Compare with the previous year', keywords: 'vs last year' },
  { id: 'cote', label: 'Country is Côte d’Ivoire', aliases: ['Côte d’Ivoire'] },
  { id: 'channels', label: 'Channels' },
];
const found = (query: string, recent: string[] = []) => matchItems(ITEMS, query, recent).map((item) => item.id);

test('nothing typed keeps every item in its order', () => {
  expect(found('  ')).toEqual(ITEMS.map((item) => item.id));
});

test('a whole name comes before a word of another name', () => {
  expect(found('sms')).toEqual(['sms', 'tile']);
});

test('beginnings of several words in any order, case and accents aside', () => {
  expect(found('whats chan')).toEqual(['whatsapp']);
  expect(found('COTE')).toEqual(['cote']);
});

test('parts of words and keywords are found, too', () => {
  expect(found('annel')).toEqual(['whatsapp', 'sms', 'channels']);
  expect(found('app')).toEqual(['whatsapp']);
  expect(found('vs last year')).toEqual(['year']);
});

test('every word has to be found', () => {
  expect(found('sms year')).toEqual([]);
});

test('what was used lately comes before its equals, never before better ones', () => {
  expect(found('channel is')).toEqual(['whatsapp', 'sms']);
  expect(found('channel is', ['sms'])).toEqual(['sms', 'whatsapp']);
  expect(found('sms', ['tile'])).toEqual(['sms', 'tile']);
});
