import { gzipSync } from 'node:zlib';

/** What is no page of anything any more, made of the text of one (at least 70 bytes). */
export const BROKEN_BODIES: Record<string, (page: string) => Buffer | string> = {
  nothing: () => '',
  'half a page': (page) => page.slice(0, -8),
  'another JSON': () => 'null',
  'a list': () => '[1,2,3]',
  'deep nesting instead of a page': () => '['.repeat(200_000) + ']'.repeat(200_000),
  'deep nesting that never ends': () => '{"columns":'.repeat(200_000),
  'UTF-16': (page) => Buffer.from(page, 'utf16le'),
  'bytes that are not UTF-8': (page) =>
    Buffer.concat([Buffer.from(page.slice(0, 60)), Buffer.from([0xff, 0xfe, 0x80])]),
  'a packed page': (page) => gzipSync(page),
  'a bomb': () => gzipSync(Buffer.alloc(50_000_000)),
  HTML: () => '<!doctype html><title>502 Bad Gateway</title>',
};
