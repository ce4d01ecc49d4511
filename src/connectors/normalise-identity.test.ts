import { describe, expect, it } from 'vitest';
import { normaliseEmail, normalisePhone } from './normalise-identity.ts';

describe('normaliseEmail', () => {
  it.each([
    [' Dana.Lopez@Example.com ', 'dana.lopez@example.com'],
    ['Dana <dana.lopez@example.com>', 'dana.lopez@example.com'],
    ['mailto:dana.lopez@example.com', 'dana.lopez@example.com'],
    ['\u200bdana.lopez@example.com\u00a0', 'dana.lopez@example.com'],
    ['dana.lopez@example.com;', 'dana.lopez@example.com'],
    ['d.a.n.a+wb@googlemail.com', 'd.a.n.a+wb@googlemail.com'],
    ['dana@bücher.example', 'dana@xn--bcher-kva.example'],
    ['ＤＡＮＡ@example.com', 'dana@example.com'],
  ])('%j is %s', (raw, email) => expect(normaliseEmail(raw)).toBe(email));

  it.each([
    '',
    'dana',
    '@example.com',
    'dana@example',
    'dana@@example.com',
    'dana lopez@example.com',
    `${'a'.repeat(65)}@example.com`,
    `dana@${'a.'.repeat(130)}com`,
  ])('%j is none', (raw) => expect(normaliseEmail(raw)).toBeUndefined());
});

describe('normalisePhone', () => {
  it.each([
    ['(202) 555-0123', 'US', '+12025550123'],
    ['0012025550123', undefined, '+12025550123'],
    ['whatsapp:+12025550123', undefined, '+12025550123'],
    ['tel:+1-202-555-0123', undefined, '+12025550123'],
    ['+1 202 555 0123 ext. 12', undefined, '+12025550123'],
    ['12025550123', undefined, '+12025550123'],
    ['＋１２０２５５５０１２３', undefined, '+12025550123'],
    ['+٦٢٨١٢٣٤٥٦٧٨٩٠', undefined, '+6281234567890'],
    ['0812-3456-7890', 'ID', '+6281234567890'],
    ['6281234567890', 'ID', '+6281234567890'],
    ['5215512345678', undefined, '+525512345678'],
    ['+5215512345678', undefined, '+525512345678'],
    ['551187654321', undefined, '+5511987654321'],
  ])('%j in %s is %s', (raw, country, number) => expect(normalisePhone(raw, country)?.number).toBe(number));

  it.each(['1.20256E+10', '', '+', '123', '(202) 555-0123', 'anonymous', '+1 5', 'x12'])('%j is none', (raw) => {
    expect(normalisePhone(raw)).toBeUndefined();
  });

  it('tells the country', () => {
    expect(normalisePhone('+12025550123')?.country).toBe('US');
    expect(normalisePhone('+14165550123')?.country).toBe('CA');
    expect(normalisePhone('+6281234567890')?.country).toBe('ID');
    expect(normalisePhone('+77011234567')?.country).toBe('KZ');
  });
});
