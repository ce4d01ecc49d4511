import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { readServiceAccountKey, type ServiceAccountKey, signAssertion, signingInput } from './google-token.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const file = {
  type: 'service_account',
  project_id: 'example-project',
  private_key_id: 'test-key-1',
  private_key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  client_email: 'turnout@example-project.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};

function keyOf(value: string | Record<string, unknown> = file): ServiceAccountKey {
  const key = readServiceAccountKey(value);
  if ('problem' in key) throw new Error(key.problem);
  return key;
}

const base64url = (text: string) => Buffer.from(text).toString('base64url');

// CONNECTORS.md G.9: 1795021200 is 2026-11-18T17:00:00Z.
test('the signing input is the one of the vector', () => {
  const header = '{"alg":"RS256","typ":"JWT","kid":"test-key-1"}';
  const claims =
    '{"iss":"turnout@example-project.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/spreadsheets.readonly","aud":"https://oauth2.googleapis.com/token","iat":1795021200,"exp":1795024800}';
  expect(signingInput(keyOf(), 1795021200_999)).toBe(`${base64url(header)}.${base64url(claims)}`);
});

test('the signature is of the account and holds no padding', () => {
  const assertion = signAssertion(keyOf(), 1795021200_000);
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  expect(assertion).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  const publicKey = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }));
  const check = (input: string) =>
    verify('RSA-SHA256', Buffer.from(input), publicKey, Buffer.from(signature, 'base64url'));
  expect(check(`${header}.${claims}`)).toBe(true);
  expect(check(`${header}.${claims}x`)).toBe(false);
});

test('a key file is read as text, as an object, and with its line breaks written out', () => {
  expect(keyOf(JSON.stringify(file))).toEqual(keyOf());
  const escaped = keyOf({ ...file, private_key: file.private_key.replaceAll('\n', '\\n') });
  expect(escaped.privateKey).toBe(file.private_key);
  expect(signAssertion(escaped, 0)).toBe(signAssertion(keyOf(), 0));
});

test.each([
  ['not JSON', 'AIzaSy-example-api-key'],
  ['an API key in an object', { key: 'x' }],
  ['no private key', { client_email: file.client_email }],
  ['no e-mail', { private_key: file.private_key }],
  ['a list', '[1]'],
])('%s is no key', (_, value) => {
  expect(readServiceAccountKey(value)).toEqual({ problem: expect.stringMatching(/^This is not the key of a service/) });
});

test('a private key that is cut off is told', () => {
  const cut = keyOf({ ...file, private_key: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n' });
  expect(() => signAssertion(cut, 0)).toThrow(/The private key of turnout@example-project/);
});
