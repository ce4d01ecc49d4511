import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkExpression } from './check-expression.ts';
import { checkSourceGroups } from './check-source-groups.ts';
import { parseYaml } from './parse-yaml.ts';

const documents = (path: string, text: string) => parseYaml(path, text).documents;
const PACK = `
version: 1
lists: { search: [google], social: [facebook] }
rules:
  - { group: Search, when: [{ field: source, in_list: search }] }
`;
const check = (own: string, pack = PACK) =>
  checkSourceGroups(documents('packs/one/source_groups.yaml', pack), documents('source_groups.yaml', own));
const brief = (own: string) =>
  check(own).problems.map(({ code, path, hint }) => `${code} ${path}${hint === undefined ? '' : ` ${hint}`}`);
const rules = (...lines: string[]) => `version: 1\nrules:\n${lines.map((line) => `  - ${line}\n`).join('')}`;

describe('checkSourceGroups', () => {
  it('takes the lists and rules of the packs in their order', () => {
    const second = 'version: 1\nlists: { search: [bing] }\nrules: [{ group: B, when: [{ field: term, is: b }] }]\n';
    const packs = [...documents('packs/one/source_groups.yaml', PACK), ...documents('packs/two/x.yaml', second)];
    const { sourceGroups, sourceRules, problems } = checkSourceGroups(packs, []);
    expect(problems).toEqual([]);
    expect(sourceGroups.rules.map(({ group }) => group)).toEqual(['Search', 'B']);
    expect(sourceGroups.lists).toEqual({ search: ['bing'], social: ['facebook'] });
    expect(sourceRules).toMatchObject({ file: 'packs/one/source_groups.yaml', own: false });
  });

  it('puts lists of the workspace over those of the packs, and its rules in their place', () => {
    const { sourceGroups, sourceRules, problems } = check(
      `${rules('{ group: Mine, when: [{ field: source, in_list: social }] }')}lists: { search: [qwant] }\n`,
    );
    expect(problems).toEqual([]);
    expect(sourceGroups.rules.map(({ group }) => group)).toEqual(['Mine']);
    expect(sourceGroups.lists).toEqual({ search: ['qwant'], social: ['facebook'] });
    expect(sourceRules).toMatchObject({ file: 'source_groups.yaml', own: true });
    expect(sourceRules.standard.map(({ group }) => group)).toEqual(['Search']);
  });

  it('keeps the rules of the packs where the workspace has lists only', () => {
    const { sourceGroups, sourceRules } = check('version: 1\nlists: { search: [qwant] }\n');
    expect(sourceGroups).toMatchObject({ lists: { search: ['qwant'] }, rules: [{ group: 'Search' }] });
    expect(sourceRules).toMatchObject({ file: 'packs/one/source_groups.yaml', own: false });
  });

  it('takes every example of the documentation', () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/source-groups.md'), 'utf8');
    const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) =>
      yaml.startsWith('version') ? yaml : `version: 1\nrules:\n${yaml.replace(/^/gm, '  ')}`,
    );
    expect(examples).toHaveLength(4);
    for (const example of examples) expect(check(example).problems, example).toEqual([]);
  });

  it('has no rules without files', () => {
    expect(checkSourceGroups([], [])).toMatchObject({
      sourceGroups: { lists: {}, rules: [] },
      sourceRules: { file: 'source_groups.yaml', own: false },
      problems: [],
    });
  });

  it('names unknown keys, fields and lists with what was meant', () => {
    expect(brief(rules('{ group: A, when: [{ field: sorce, is: a }] }'))).toEqual([
      'invalid_value source_groups.yaml:3 (rules.0.when.0.field) Did you mean "source"?',
    ]);
    expect(brief(rules('{ grup: A, when: [{ field: source, is: a }] }'))).toEqual([
      'missing_key source_groups.yaml:3 (rules.0.group)',
      'unknown_key source_groups.yaml:3 (rules.0.grup) Did you mean "group"?',
    ]);
    expect(brief(rules('{ group: A, when: [{ field: source, in_list: serch }] }'))).toEqual([
      'unknown_list source_groups.yaml:3 (rules.0.when.0.in_list) Did you mean "search"?',
    ]);
    expect(brief(rules('{ group: A, when: [{ field: source, in_list: partners }] }'))).toEqual([
      'unknown_list source_groups.yaml:3 (rules.0.when.0.in_list) Lists: search, social.',
    ]);
  });

  it('wants one way to compare per condition, and something to look for', () => {
    expect(check(rules('{ group: A, when: [{ field: source, is: a, starts: b }] }')).problems).toMatchObject([
      { message: expect.stringContaining('exactly one of is, in, in_list') },
    ]);
    expect(check(rules('{ group: A, when: [{ field: source, contains: " " }] }')).problems).toMatchObject([
      { code: 'empty_value', hint: 'For "nothing is known" write empty: true.' },
    ]);
  });

  it('refuses expressions that cannot be read, and those that can take for ever', () => {
    expect(check(rules('{ group: A, when: [{ field: term, matches: "a(b" }] }')).problems).toMatchObject([
      { code: 'invalid_expression', message: expect.stringContaining('"a(b" is not a regular expression') },
    ]);
    expect(checkExpression('(a+)+$')).toContain('takes for ever');
    expect(checkExpression('(a|a)*b')).toContain('takes for ever');
    expect(checkExpression('((ab?)c){2,}')).toBeUndefined();
    expect(checkExpression('((ab*)c){2,}')).toContain('takes for ever');
    expect(checkExpression('[(a+)+]x')).toBeUndefined();
    expect(checkExpression('\\(a+\\)+')).toBeUndefined();
    expect(checkExpression('^(.*cp.*|ppc|retargeting|paid.*)$')).toBeUndefined();
    expect(checkExpression('(ab)+c')).toBeUndefined();
  });

  it('finds rules that can never be reached', () => {
    const first = '{ group: Mail, when: [{ field: source, in: [Newsletter, mail] }] }';
    const unreachable = (line: string, earlier = first) =>
      check(rules(earlier, line)).problems.filter(({ code }) => code === 'unreachable_rule').length === 1;
    expect(brief(rules(first, first))).toEqual(['unreachable_rule source_groups.yaml:4 (rules.1) Remove rule 2.']);
    expect(brief(rules(first, '{ group: Other, when: [{ field: source, is: " newsletter" }] }'))).toEqual([
      'unreachable_rule source_groups.yaml:4 (rules.1) Remove it, or put it before rule 1.',
    ]);
    expect(unreachable('{ group: B, when: [{ field: medium, is: x }, { field: source, is: mail }] }')).toBe(true);
    expect(unreachable('{ group: B, when: [{ field: source, in: [mail, post] }] }')).toBe(false);
    expect(unreachable('{ group: B, when: [{ field: medium, is: mail }] }')).toBe(false);
    expect(unreachable('{ group: B, when: [{ field: source, contains: mail }] }')).toBe(false);
    const wide = '{ group: Wide, when: [{ field: term, contains: push }] }';
    expect(unreachable('{ group: B, when: [{ field: term, ends: -PUSH }] }', wide)).toBe(true);
    expect(unreachable('{ group: B, when: [{ field: term, matches: push }] }', wide)).toBe(false);
    const both = '{ group: Both, when: [{ field: term, is: a }, { field: medium, is: b }] }';
    expect(unreachable('{ group: B, when: [{ field: term, is: a }] }', both)).toBe(false);
    const known = '{ group: Known, when: [{ field: term, empty: false }] }';
    expect(unreachable('{ group: B, when: [{ field: term, starts: x }] }', known)).toBe(true);
    expect(unreachable('{ group: B, when: [{ field: term, empty: true }] }', known)).toBe(false);
    // Lists may change: what stands in one today proves nothing.
    const list = '{ group: List, when: [{ field: source, in_list: search }] }';
    expect(unreachable('{ group: B, when: [{ field: source, is: google }] }', list)).toBe(false);
    expect(unreachable('{ group: B, when: [{ field: source, in_list: search }] }', list)).toBe(true);
  });

  it('wants one name per group, and leaves Unassigned to what no rule catches', () => {
    const a = '{ group: WhatsApp, when: [{ field: term, is: a }] }';
    expect(brief(rules(a, '{ group: Whatsapp, when: [{ field: term, is: b }] }'))).toEqual([
      'duplicate_name source_groups.yaml:4 (rules.1.group) Write "WhatsApp" in both.',
    ]);
    expect(brief(rules('{ group: unassigned, when: [{ field: term, is: b }] }'))).toEqual([
      'reserved_name source_groups.yaml:3 (rules.0.group) Choose another name for the group.',
    ]);
  });
});
