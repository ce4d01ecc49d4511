import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceCondition, SourceGroups, SourceRule, Touch } from '../contract/source-groups.ts';
import { SOURCE_FIELDS, UNASSIGNED } from '../contract/words.ts';
import { checkSourceGroups } from './check-source-groups.ts';
import { parseYaml } from './parse-yaml.ts';
import { compileSourceGroups } from './source-groups.ts';

const file = 'packs/webinars/source_groups.yaml';
const text = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const { sourceGroups: pack, problems } = checkSourceGroups(parseYaml(file, text).documents, []);
const { classify } = compileSourceGroups(pack);

const touch = (source = '', medium = '', campaign = '', referrer = ''): Touch => ({
  source,
  medium,
  campaign,
  referrer,
});

/** The groups of Google Analytics alone, in Google's order: the pack's without its own ones, Direct first, Email and SMS where Google has them. */
function ga4(): SourceGroups {
  const of = (...groups: string[]) => pack.rules.filter(({ group }) => groups.includes(group));
  const own = ['WhatsApp', 'IVR/Voice', 'Webinar platform', 'Added manually'];
  const email: SourceRule[] = (['source', 'medium'] as const).map((field) => ({
    group: 'Email',
    when: [{ field, matches: '^e[-_ ]?mail$' }],
  }));
  const base = pack.rules.filter(({ group }) => ![...own, 'Direct', 'Email', 'SMS'].includes(group));
  const at = (group: string) => base.findIndex((rule) => rule.group === group);
  const rules = [
    ...of('Direct'),
    ...base.slice(0, at('Affiliates')),
    ...email,
    ...base.slice(at('Affiliates'), at('Mobile Push Notifications')),
    ...of('SMS'),
    ...base.slice(at('Mobile Push Notifications')),
  ];
  return { rules, lists: pack.lists };
}

describe('the rules that come with Turnout', () => {
  it('have no mistake', () => {
    expect(problems).toEqual([]);
    expect(Object.entries(pack.lists).map(([name, values]) => [name, values.length])).toEqual([
      ['webinar_platforms', 8],
      ['search', 129],
      ['shopping', 52],
      ['video', 46],
      ['social', 592],
      ['ai_assistants', 18],
    ]);
  });

  it.each([
    ['(direct)', '(none)', '', 'Direct'],
    ['(direct)', '(not set)', '', 'Direct'],
    ['', '', '', 'Direct'],
    ['google', 'cpc', '', 'Paid Search'],
    ['google', 'cpm', '', 'Paid Search'],
    ['example-ads', 'cpm', '', 'Display'],
    ['example-ads', 'cpc', '', 'Paid Other'],
    ['facebook', 'paid_social', '', 'Paid Social'],
    ['youtube', 'cpv', '', 'Paid Video'],
    ['whatsapp', 'message', '', 'Organic Social'],
    ['messenger', 'message', '', 'Organic Social'],
    ['whatsapp', 'sms', '', 'Organic Social'],
    ['newsletter', 'email', '', 'Email'],
    ['email', 'paid-send', '', 'Paid Other'],
    ['newsletter', 'email', 'spring-workshop', 'Email'],
    ['newsletter', 'email', 'spring-shop-day', 'Organic Shopping'],
    ['newsletter', 'email', 'eshop', 'Organic Shopping'],
    ['newsletter', 'e mail', '', 'Email'],
    ['sms', 'text', '', 'SMS'],
    ['youtube.com', 'referral', '', 'Organic Video'],
    ['partner.example', 'referral', '', 'Referral'],
    ['partner.example', 'video-ad', '', 'Organic Video'],
    ['chatgpt.com', 'ai-assistant', '', 'AI Assistant'],
    ['ivr', 'voice', '', UNASSIGNED],
    ['onesignal', 'web-push', '', 'Mobile Push Notifications'],
    ['firebase', 'message', '', 'Mobile Push Notifications'],
    ['amazon', 'cpc', '', 'Paid Shopping'],
    ['example', 'ppc', 'shop-week', 'Paid Shopping'],
    ['amazon', 'link', '', 'Organic Shopping'],
    ['x', 'y', 'cross-network-1', 'Cross-network'],
    ['partner', 'affiliate', '', 'Affiliates'],
    ['spotify', 'audio', '', 'Audio'],
    ['  GOOGLE ', 'Organic', '', 'Organic Search'],
    ['Hatena', 'x', '', 'Organic Social'],
  ])('as Google Analytics has them: %s / %s / %s is %s', (source, medium, campaign, group) => {
    expect(compileSourceGroups(ga4()).classify(touch(source, medium, campaign))).toBe(group);
  });

  it.each([
    ['whatsapp', 'message', 'WhatsApp'],
    ['WA', '', 'WhatsApp'],
    ['partner', 'whatsapp', 'WhatsApp'],
    ['whatsapp', 'cpc', 'WhatsApp'],
    ['whatsapp', 'sms', 'WhatsApp'],
    ['facebook', 'social', 'Organic Social'],
    ['sms', 'text', 'SMS'],
    ['crm', 'SMS', 'SMS'],
    ['newsletter', 'email', 'Email'],
    ['newsletter', 'spring', 'Email'],
    ['hs_email', '', 'Email'],
    ['email', 'paid-send', 'Email'],
    ['ivr', 'voice', 'IVR/Voice'],
    ['crm', 'call', 'IVR/Voice'],
    ['Series registration', '', 'Webinar platform'],
    ['Bigmarker.com', '', 'Webinar platform'],
    ['us02web.zoom.us', 'referral', 'Webinar platform'],
    ['Added by presenter', '', 'Added manually'],
    ['import', '', 'Added manually'],
    ['chatgpt.com', '', 'AI Assistant'],
    ['direct', 'none', 'Direct'],
    ['(direct)', '', 'Direct'],
    ['Registration Modal', '', UNASSIGNED],
  ])('own messages come before them: %s / %s is %s', (source, medium, group) => {
    expect(classify(touch(source, medium))).toBe(group);
  });

  it.each([
    ['www.google.com', 'Organic Search'],
    ['google.co.uk', 'Organic Search'],
    ['google.com.br', 'Organic Search'],
    ['https://www.bing.com/search?q=x', 'Organic Search'],
    ['search.yahoo.com', 'Organic Search'],
    ['duckduckgo.com', 'Organic Search'],
    ['mail.google.com', 'Referral'],
    ['notgoogle.com', 'Referral'],
    ['l.facebook.com', 'Organic Social'],
    ['de.linkedin.com', 'Organic Social'],
    ['t.co', 'Organic Social'],
    ['m.youtube.com', 'Organic Video'],
    ['web.whatsapp.com', 'WhatsApp'],
    ['wa.me', 'WhatsApp'],
    ['www.perplexity.ai', 'AI Assistant'],
    ['gemini.google.com', 'AI Assistant'],
    ['www.amazon.com', 'Organic Shopping'],
    ['WWW.Partner.Example', 'Referral'],
    ['partner.example:8080/page', 'Referral'],
  ])('where only the referring page is known: %s is %s', (referrer, group) => {
    expect(classify({ referrer })).toBe(group);
  });

  it('do not ask the referring page where the link says something', () => {
    expect(classify(touch('partner', '', '', 'google.com'))).toBe(UNASSIGNED);
    expect(classify(touch('', 'email', '', 'google.com'))).toBe('Email');
  });
});

/** Slow and obvious: the definition, once per rule and condition. */
function reference({ rules, lists }: SourceGroups, said: Touch): string {
  const clean = (value: string | undefined) => (value ?? '').trim().toLowerCase();
  for (const rule of rules) {
    let all = true;
    for (const condition of rule.when) if (!holds(condition, clean(said[condition.field]))) all = false;
    if (all) return rule.group;
  }
  return UNASSIGNED;

  function holds(condition: SourceCondition, value: string): boolean {
    if (condition.empty !== undefined) return condition.empty === (value === '');
    if (value === '') return false;
    const wanted = clean(condition.is ?? condition.contains ?? condition.starts ?? condition.ends ?? condition.matches);
    if (condition.is !== undefined) return value === wanted;
    if (condition.in !== undefined) return condition.in.map(clean).indexOf(value) >= 0;
    if (condition.in_list !== undefined) return (lists[condition.in_list] ?? []).map(clean).indexOf(value) >= 0;
    if (condition.contains !== undefined) return value.indexOf(wanted) >= 0;
    if (condition.starts !== undefined) return value.slice(0, wanted.length) === wanted;
    if (condition.ends !== undefined) return value.slice(Math.max(0, value.length - wanted.length)) === wanted;
    return value.search(new RegExp(wanted)) >= 0;
  }
}

describe('compileSourceGroups', () => {
  const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'A', ' aB ', 'abc', 'cab');
  const value = fc.oneof(word, fc.constantFrom('', ' '));
  const field = fc.constantFrom(...SOURCE_FIELDS);
  const condition: fc.Arbitrary<SourceCondition> = fc.oneof(
    fc.record({ field, is: word }),
    fc.record({ field, in: fc.array(word, { minLength: 1, maxLength: 3 }) }),
    fc.record({ field, in_list: fc.constantFrom('one', 'two', 'unknown') }),
    fc.record({ field, contains: word }),
    fc.record({ field, starts: word }),
    fc.record({ field, ends: word }),
    fc.record({ field, matches: fc.constantFrom('^a', 'b$', 'a.*c', '^[ab]+$') }),
    fc.record({ field, empty: fc.boolean() }),
  );
  const rules = fc.array(
    fc.record({
      group: fc.constantFrom('one', 'two', 'three'),
      when: fc.array(condition, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 8 },
  );
  const lists = { one: ['a', ' B'], two: ['ABC'] };
  const touches = fc.record(
    { source: value, medium: value, campaign: value, content: value, term: value, referrer: value },
    { requiredKeys: ['source', 'medium'] },
  );

  it('gives the group of the first rule that fits, as the definition says', () => {
    fc.assert(
      fc.property(rules, touches, (some, said) => {
        // The referring page standing in for the source has its own tests.
        fc.pre((said.source + said.medium).trim() !== '' || (said.referrer ?? '').trim() === '');
        const groups = { rules: some, lists };
        expect(compileSourceGroups(groups).classify(said)).toBe(reference(groups, said));
      }),
      { numRuns: 3000 },
    );
  });

  it('says which rule decided', () => {
    const { ruleOf } = compileSourceGroups({
      lists: {},
      rules: [
        { group: 'One', when: [{ field: 'term', is: 'x' }] },
        { group: 'Two', when: [{ field: 'term', contains: 'x' }] },
      ],
    });
    expect(['x', 'xx', 'y'].map((term) => ruleOf({ term }))).toEqual([0, 1, -1]);
  });

  it('fits nothing by an expression that cannot be read, or that could take for ever', () => {
    const by = (matches: string) => ({
      lists: {},
      rules: [{ group: 'One', when: [{ field: 'term' as const, matches }] }],
    });
    expect(compileSourceGroups(by('(')).classify({ term: '(' })).toBe(UNASSIGNED);
    expect(compileSourceGroups(by('^(a+)+$')).classify({ term: `${'a'.repeat(60)}!` })).toBe(UNASSIGNED);
    expect(compileSourceGroups(by('^(a+)+$')).classify({ term: 'aaa' })).toBe(UNASSIGNED);
  });
});
