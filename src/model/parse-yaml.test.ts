import { describe, expect, it } from 'vitest';
import { parseYaml } from './parse-yaml.ts';

describe('parseYaml', () => {
  it('knows the line of every value, and of the nearest parent of what is missing', () => {
    const { documents } = parseYaml(
      'a.yaml',
      'version: 1\nrows:\n  - tiles:\n      - line: dau\n        title: x\n---\nb: 1\n',
    );
    const [first, second] = documents;
    expect(first?.lineOf?.(['rows', 0, 'tiles', 0, 'title'])).toBe(5);
    expect(first?.lineOf?.(['rows', 0, 'tiles', 0, 'width'])).toBe(4);
    expect(first?.lineOf?.(['rows', 3])).toBe(2);
    expect(second?.lineOf?.(['b'])).toBe(7);
  });

  it.each([
    ['a: [1', 'a.yaml:1'],
    ['a: 1\na: 2', 'a.yaml:2'],
    ['a: 1\n\tb: 2', 'a.yaml:2'],
  ])('makes %j a problem', (text, path) => {
    const { documents, problems } = parseYaml('a.yaml', text);
    expect(documents).toEqual([]);
    expect(problems[0]).toMatchObject({ code: 'invalid_yaml', path });
  });

  it('refuses an alias bomb', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`;
    expect(parseYaml('a.yaml', bomb).problems).toMatchObject([{ code: 'invalid_yaml' }]);
  });

  it('takes an empty file as nothing', () => {
    expect(parseYaml('a.yaml', '# only a comment\n')).toEqual({ documents: [], problems: [] });
  });
});
