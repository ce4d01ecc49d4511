import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseMappings } from './mappings.ts';
import { giveBackToSystem, unchangedFiles } from './system-memory.ts';

const SMAPS = `7f0000000000-7f0000200000 r--p 00000000 fe:00 11 /usr/lib/engine.so
Rss:                2048 kB
Anonymous:             0 kB
7f0000200000-7f0000400000 r--p 00200000 fe:00 11 /usr/lib/engine.so
Rss:                2048 kB
Anonymous:             4 kB
7f0000400000-7f0000600000 rw-p 00400000 fe:00 11 /usr/lib/engine.so
Rss:                2048 kB
Anonymous:             0 kB
7f0000600000-7f0000800000 r-xp 00600000 fe:00 11 /usr/lib/a name with spaces.so
Rss:                1028 kB
Anonymous:             0 kB
7f0000800000-7f0000a00000 r--s 00000000 fe:00 12 /var/lib/shared
Rss:                2048 kB
Anonymous:             0 kB
7f0000a00000-7f0000c00000 r--p 00000000 00:00 0
Rss:                2048 kB
Anonymous:             0 kB
7ffc00000000-7ffc00200000 r-xp 00000000 00:00 0 [vdso]
Rss:                2048 kB
Anonymous:             0 kB
7ffd00000000-7ffd00200000 r-xp 00000000 fe:00 13 /usr/bin/small
Rss:                1024 kB
Anonymous:             0 kB
`;

test('mappings are read with addresses, access, path and sizes', () => {
  const mappings = parseMappings(SMAPS);
  expect(mappings).toHaveLength(8);
  expect(mappings[1]).toEqual({
    from: 0x7f0000200000,
    to: 0x7f0000400000,
    access: 'r--p',
    path: '/usr/lib/engine.so',
    resident: 2048,
    anonymous: 4,
  });
  expect(mappings[5]?.path).toBe('');
});

test('only what the file can give again is left: not what was changed, what can be, what is no file, nor little', () => {
  expect(unchangedFiles(parseMappings(SMAPS)).map(({ path, access }) => `${path} ${access}`)).toEqual([
    '/usr/lib/engine.so r--p',
    '/usr/lib/a name with spaces.so r-xp',
  ]);
});

test.runIf(process.platform === 'linux')('the process goes on with less of Node’s program in memory', async () => {
  const megabytes = () =>
    unchangedFiles(parseMappings(readFileSync('/proc/self/smaps', 'utf8'))).reduce(
      (sum, { resident }) => sum + resident,
      0,
    ) / 1024;
  const before = megabytes();
  await giveBackToSystem();
  expect(megabytes()).toBeLessThan(before - 5);
  expect(new Intl.NumberFormat('de').format(1234.5)).toBe('1.234,5');
});
