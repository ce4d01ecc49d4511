import { describe, expect, test } from 'vitest';
import { readBoolean } from './read-boolean.ts';
import { readDuration, unitInLabel } from './read-duration.ts';
import { hasDecimalComma, readNumber } from './read-number.ts';
import { channelOfWord, statusOfWord } from './status-words.ts';

describe('readNumber', () => {
  test.each([
    ['1234.5', '.', 1234.5],
    ['1,234.5', '.', 1234.5],
    ['1.234,5', ',', 1234.5],
    ['1 234,5', ',', 1234.5],
    ["1'234.50", '.', 1234.5],
    ['56,6', ',', 56.6],
    ['$1,234', '.', 1234],
    ['12,50 €', ',', 12.5],
    ['EUR 12.50', '.', 12.5],
    ['12.5 %', '.', 0.125],
    ['(3.20)', '.', -3.2],
    ['4.00-', '.', -4],
    ['−5', '.', -5],
    ['+7', '.', 7],
    ['.5', '.', 0.5],
    ['1e3', '.', 1000],
    ['56,6', '.', undefined],
    ['0,045', '.', undefined],
    ['1,2,3', '.', undefined],
    ['1.234.5', ',', undefined],
    ['12a', '.', undefined],
    ['', '.', undefined],
    ['-', '.', undefined],
    ['1e999', '.', undefined],
  ] as const)('%j with the decimal %j is %s', (text, decimal, value) => expect(readNumber(text, decimal)).toBe(value));

  test('a decimal comma is one only where nothing else fits', () => {
    expect(['56,6', '0,045', '1.234,5'].every(hasDecimalComma)).toBe(true);
    expect(['1,234', '12.5', '7', 'text'].some(hasDecimalComma)).toBe(false);
  });
});

describe('readDuration', () => {
  test.each([
    ['18', 'minutes', 1080],
    ['18.5', 'minutes', 1110],
    ['90', 'seconds', 90],
    ['01:02:41', 'minutes', 3761],
    ['12:30', 'minutes', 750],
    ['12:30', 'hours', 45_000],
    ['1 h 5 min', 'seconds', 3900],
    ['55 minutes', 'seconds', 3300],
    ['1 hour and 5 minutes', 'seconds', 3900],
    ['2 ч 10 мин', 'seconds', 7800],
    ['PT1H5M', 'seconds', 3900],
    ['-5', 'minutes', undefined],
    ['long', 'minutes', undefined],
    ['5 apples', 'minutes', undefined],
  ] as const)('%j in %s is %s', (text, unit, seconds) => expect(readDuration(text, unit, '.')).toBe(seconds));

  test.each([
    ['Time in Session (minutes)', 'minutes'],
    ['Dauer (Min.)', 'minutes'],
    ['duration_sec', 'seconds'],
    ['Attendance time in seconds', 'seconds'],
    ['Hours', 'hours'],
    ['Duration', undefined],
    ['Admin', undefined],
  ])('%j counts in %s', (label, unit) => expect(unitInLabel(label)).toBe(unit));
});

test.each([
  ['Yes', true],
  [' ДА ', true],
  ['0', false],
  ['nein', false],
  ['maybe', undefined],
  ['', undefined],
])('%j is %s', (text, value) => expect(readBoolean(text)).toBe(value));

test.each([
  ['DLVRD', 'delivered'],
  ['DELIVRD', 'delivered'],
  ['Dostavleno', 'delivered'],
  ['не доставлено', 'failed'],
  ['UNDELIV', 'failed'],
  ['Opted-Out', 'unsubscribed'],
  ['No Answer', 'failed'],
  ['roaming', undefined],
])('the status %j is %s', (word, status) => expect(statusOfWord(word)).toBe(status));

test.each([
  ['WhatsApp', 'whatsapp'],
  ['E-Mail', 'email'],
  ['Voice', 'ivr'],
  ['Viber', 'viber'],
])('the channel %j is %s', (word, channel) => expect(channelOfWord(word)).toBe(channel));
