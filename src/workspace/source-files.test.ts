import { expect, test } from 'vitest';
import { findSource, newSourceFile, replaceSource } from './source-files.ts';

const file = {
  path: 'sources/main.yaml',
  text: `version: 1
sources:
  # our own platform
  - name: platform
    connector: webhook
    settings: { token: "\${TOKEN}" }
  - name: crm
    connector: postgres # nightly
    settings: { url: "\${CRM}" }
`,
};

test('a new source is a readable file of its own', () => {
  const declaration = { name: 'crm', connector: 'postgres', settings: { url: '${CRM}' }, defaults: {} };
  expect(newSourceFile(declaration)).toEqual({
    path: 'sources/crm.yaml',
    text: 'version: 1\nsources:\n  - name: crm\n    connector: postgres\n    settings:\n      url: ${CRM}\n',
  });
});

test('changing one source leaves the others and their comments alone', () => {
  expect(findSource([file], 'crm')?.declaration).toEqual({
    name: 'crm',
    connector: 'postgres',
    settings: { url: '${CRM}' },
  });
  const changed = replaceSource(file, 'crm', {
    name: 'crm',
    connector: 'postgres',
    settings: { url: '${CRM}' },
    defaults: {},
    schedule: '0 5 * * *',
  });
  expect(changed?.text).toContain('# our own platform\n  - name: platform');
  expect(changed?.text).toContain('schedule: 0 5 * * *');
  expect(findSource([file], 'nobody')).toBeNull();
  expect(replaceSource(file, 'nobody', { name: 'n', connector: 'x', settings: {}, defaults: {} })).toBeNull();
});
