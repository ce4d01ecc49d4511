import { expect, test } from 'vitest';
import { columnName, freeName, snakeCase } from './column-name.ts';

test.each([
  ['Amount (USD)', 'amount_usd'],
  ['CreatedAt', 'created_at'],
  ['callID', 'call_id'],
  ['HTTPStatus', 'http_status'],
  ['Дата звонка', 'data_zvonka'],
  ['Щёлково', 'shchyolkovo'],
  ['Подъезд', 'podezd'],
  ['Überfällig', 'ueberfaellig'],
  ['Straße', 'strasse'],
  ['Señor', 'senor'],
  ['Łódź', 'lodz'],
  ['crème brûlée', 'creme_brulee'],
  ['Dauer (Min.)', 'dauer_min'],
  ['Rate, %', 'rate_percent'],
  ['日付', ''],
  ['  ', ''],
])('%s becomes %s', (text, name) => {
  expect(snakeCase(text)).toBe(name);
});

test.each([
  ['row', 'own_row'],
  ['Source', 'own_source'],
  ['NOT', 'own_not'],
  ['2024', 'column_2024'],
  ['日付', 'column_7'],
  ['taken', 'taken_2'],
])('a column called %s is named %s', (label, name) => {
  expect(columnName(label, new Set(['taken']), 'column_7')).toBe(name);
});

test('names stay within 63 characters and apart', () => {
  const first = freeName('x'.repeat(100), new Set());
  const second = freeName('x'.repeat(100), new Set([first]));
  expect([first.length, second.length]).toEqual([63, 63]);
  expect(second.endsWith('_2')).toBe(true);
});
