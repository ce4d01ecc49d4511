import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

/** What docs/reliability.md promises is held by tests: those that it names are there, under the title that it gives. */

const root = resolve(import.meta.dirname, '..');
const page = readFileSync(resolve(root, 'docs', 'reliability.md'), 'utf8');

/** Files in backticks and titles in quotation marks; a title is of the file named before it. */
const TOKEN = /`((?:src|test|scripts)\/[^`\s]+\.\w+)`|"([^"\n]+)"/g;

test('every file and every title that the page names is there', () => {
  const missing: string[] = [];
  let [file, text, titles] = ['', '', 0];
  for (const [, path, title = ''] of page.matchAll(TOKEN)) {
    if (path !== undefined) {
      file = path;
      const place = resolve(root, path);
      text = existsSync(place) ? readFileSync(place, 'utf8') : '';
      if (text === '') missing.push(file);
      continue;
    }
    titles += 1;
    // … stands for what is cut short, or differs from run to run.
    if (!title.split('…').every((part) => text.includes(part.trim()))) missing.push(`${file}: ${title}`);
  }
  expect(missing).toEqual([]);
  expect(titles).toBeGreaterThan(40);
});

test('every sentence of the promise and every fault has its place', () => {
  for (let number = 1; number <= 9; number += 1) expect(page).toContain(`### P${number} `);
  for (let number = 1; number <= 28; number += 1)
    expect(page).toMatch(new RegExp(`^\\| (?:.*, )?F${String(number).padStart(2, '0')}\\b`, 'm'));
});
