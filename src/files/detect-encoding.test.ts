import { describe, expect, test } from 'vitest';
import { decodeText, EncodingGuess } from './detect-encoding.ts';

function guess(bytes: Buffer, chunk = bytes.length): string {
  const encoding = new EncodingGuess();
  for (let at = 0; at < bytes.length; at += chunk) encoding.add(bytes.subarray(at, at + chunk));
  return encoding.result();
}

/** The code page has the Russian alphabet from А at 0xC0 on, and Ё at 0xA8. */
function windows1251(text: string): Buffer {
  return Buffer.from(
    [...text].map((letter) => {
      const code = letter.charCodeAt(0);
      return code >= 0x410 && code <= 0x44f ? code - 0x350 : letter === 'ё' ? 0xb8 : code;
    }),
  );
}

describe('EncodingGuess', () => {
  test.each([1, 2, 3, 7, 1000])('sees UTF-8 in chunks of %i bytes', (chunk) => {
    expect(guess(Buffer.from('Zoë;Köln;Łódź;😀;привет\n'.repeat(20)), chunk)).toBe('utf-8');
  });

  test.each([1, 2, 1000])('tells Cyrillic from Western letters in chunks of %i bytes', (chunk) => {
    expect(guess(windows1251('номер;дата;статус\n1;18.11.2026;Доставлено\n'), Math.max(chunk, 5))).toBe('windows-1251');
    expect(guess(Buffer.from('Jörg;Müller;Köln\nZoë;Weiß;Düsseldorf\n', 'latin1'), Math.max(chunk, 5))).toBe(
      'windows-1252',
    );
  });

  test('sees UTF-16 with and without a byte order mark', () => {
    const text = 'email\tcity\r\ndana.lopez@example.com\tБостон\r\n';
    const little = Buffer.from(text, 'utf16le');
    expect(guess(Buffer.concat([Buffer.from([0xff, 0xfe]), little]))).toBe('utf-16le');
    expect(guess(little)).toBe('utf-16le');
    expect(guess(Buffer.from(little).swap16())).toBe('utf-16be');
  });

  test('a letter at the end of a long file settles it', () => {
    const encoding = new EncodingGuess();
    for (let chunk = 0; chunk < 50; chunk++) encoding.add(Buffer.from('plain,text\n'.repeat(1000)));
    encoding.add(windows1251('итого'));
    expect(encoding.result()).toBe('windows-1251');
  });
});

test('text is decoded across chunks, without byte order mark and NULs', async () => {
  const bytes = Buffer.from('\ufeffZoë\0😀', 'utf8');
  async function* single(): AsyncGenerator<Buffer> {
    for (const byte of bytes) yield Buffer.from([byte]);
  }
  let text = '';
  for await (const piece of decodeText(single(), 'utf-8')) text += piece;
  expect(text).toBe('Zoë😀');
});
