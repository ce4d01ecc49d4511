import { expect, test } from 'vitest';
import { createMask } from './secrets.ts';

const ENV = {
  DB_URL: 'postgres://app:s3cr%2Ft-word@db.example.com/shop',
  CRM_KEY: 'k-1234567890',
  CRM_TOKEN: 'abcd',
  STAGE: 'test',
};

function mask(declared: unknown, settings: unknown): (sentence: string) => string {
  return createMask(declared, settings, ENV);
}

test('values of variables are masked wherever they stand', () => {
  const hide = mask({ key: '${CRM_KEY}' }, { key: ENV.CRM_KEY });
  expect(hide(`Refused: k-1234567890 is not k-1234567890.`)).toBe('Refused: •••• is not ••••.');
});

test('the password of a URL is masked alone as well, encoded and plain', () => {
  const hide = mask({ url: '${DB_URL}' }, { url: ENV.DB_URL });
  expect(hide('password "s3cr/t-word" was refused')).toBe('password "••••" was refused');
  expect(hide('app:s3cr%2Ft-word@')).toBe('app:••••@');
  const literal = mask({ url: 'postgres://a:pw1@h/d' }, { url: 'postgres://a:pw1@h/d' });
  expect(literal('a:pw1@h')).toBe('a:••••@h');
});

test('what stands under the key of a secret is masked, however deep, also percent-encoded', () => {
  const settings = { http: { headers: [{ api_token: 'x y+z-long' }] } };
  const hide = mask(settings, settings);
  expect(hide('x y+z-long and x%20y%2Bz-long')).toBe('•••• and ••••');
});

test('a key file in a variable is masked line by line', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n';
  const file = JSON.stringify({ private_key: key, client_email: 'turnout@example.com' });
  const hide = createMask({ service_account: '${KEY}' }, { service_account: file }, { KEY: file });
  expect(hide('bad key MIIEvQIBADANBgkqhkiG9w0BAQEFAASC for turnout@example.com')).toBe(
    'bad key •••• for turnout@example.com',
  );
});

test('short values of variables that are no secrets stay readable', () => {
  expect(mask({ stage: '${STAGE}', token: '${CRM_TOKEN}' }, { stage: 'test', token: 'abcd' })('test abcd')).toBe(
    'test ••••',
  );
});
