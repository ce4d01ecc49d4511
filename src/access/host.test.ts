import { expect, test } from 'vitest';
import { checkListenHost, isLoopbackHeader, isSameOrigin } from './host.ts';

test.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1'])('%s may be listened on', (host) => {
  expect(() => checkListenHost(host)).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.0.0.1.example.com'])(
  '%s is refused with a reason',
  (host) => {
    expect(() => checkListenHost(host)).toThrow(/no sign-in yet/);
  },
);

test('a rebound name is not loopback', () => {
  expect(isLoopbackHeader('127.0.0.1:4321')).toBe(true);
  expect(isLoopbackHeader('localhost')).toBe(true);
  expect(isLoopbackHeader('[::1]:4321')).toBe(true);
  expect(isLoopbackHeader('rebound.example.com:4321')).toBe(false);
  expect(isLoopbackHeader(undefined)).toBe(false);
});

test('another site is told apart', () => {
  expect(isSameOrigin(undefined, 'localhost:4321')).toBe(true);
  expect(isSameOrigin('http://localhost:4321', 'localhost:4321')).toBe(true);
  expect(isSameOrigin('http://localhost:9', 'localhost:4321')).toBe(false);
  expect(isSameOrigin('null', 'localhost:4321')).toBe(false);
});
