import { describe, expect, test } from 'vitest';
import { fixture, SECRET, settings, settingsWith } from '../../test/support/zoom-samples.ts';
import type { HookRequest } from '../contract/connector.ts';
import { zoom } from './zoom.ts';
import { uuidPart } from './zoom-api.ts';

describe('signatures', () => {
  const body = fixture('participant-joined');
  const signed: HookRequest = {
    method: 'POST',
    target: '/hooks/zoom',
    headers: {
      'x-zm-request-timestamp': '1795021324',
      'x-zm-signature': 'v0=9388b57de47bbd6ace274177ae27c9cb1c75722aa8e9681359e34b41af20f640',
    },
    body,
  };
  const now = 1_795_021_330_000;

  test('the vector holds, also where the secret is one of several and the body is written in another way', () => {
    expect(zoom.verify(signed, settings, now)).toEqual({ ok: true });
    expect(zoom.verify(signed, settingsWith({ webhook_secret: ['another-secret', SECRET] }), now)).toEqual({
      ok: true,
    });
    const spaced = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(zoom.verify({ ...signed, body: spaced }, settings, now)).toEqual({ ok: true });
  });

  test.each([
    ['another body', { body: Buffer.from(body.toString().replace('Dana', 'Ben')) }, now, settings],
    ['another secret', {}, now, settingsWith({ webhook_secret: 'another-secret' })],
    ['no secret', {}, now, zoom.settings.parse({ account_id: 'a', client_id: 'b', client_secret: 'client-secret' })],
    ['no signature', { headers: { 'x-zm-request-timestamp': '1795021324' } }, now, settings],
    ['another timestamp', { headers: { ...signed.headers, 'x-zm-request-timestamp': '1795021325' } }, now, settings],
    ['half a signature', { headers: { ...signed.headers, 'x-zm-signature': 'v0=9388b57d' } }, now, settings],
    ['three hours later', {}, now + 3 * 3_600_000, settings],
    ['a GET', { method: 'GET' as const }, now, settings],
  ])('%s is refused', (_, change, at, given) => {
    const verdict = zoom.verify({ ...signed, ...change }, given, at);
    expect(verdict).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$|\?$/) });
  });

  test('a retry 85 minutes later is taken', () => {
    expect(zoom.verify(signed, settings, now + 85 * 60_000)).toEqual({ ok: true });
  });

  test('only a validation of the address is answered', () => {
    expect(zoom.answer?.(signed, settings)).toBeUndefined();
  });
});

test('uuids with slashes are encoded twice', () => {
  expect(uuidPart('/ab//c==')).toBe('%252Fab%252F%252Fc%253D%253D');
  expect(uuidPart('ab/c+A==')).toBe('ab%2Fc%2BA%3D%3D');
});
