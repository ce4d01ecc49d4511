import { describe, expect, it } from 'vitest';
import { DEFAULT_IDENTITY } from '../contract/identity.ts';
import { checkIdentity } from './check-identity.ts';
import { parseYaml } from './parse-yaml.ts';

const check = (text: string) => checkIdentity(parseYaml('identity.yaml', text).documents);

describe('checkIdentity', () => {
  it('has the standard rules without a file', () => {
    expect(checkIdentity([])).toEqual({ identity: DEFAULT_IDENTITY, ownIdentity: false, problems: [] });
  });

  it('reads rules; addresses and domains in one writing, each once', () => {
    const { identity, ownIdentity, problems } = check(`
version: 1
match: [email, phone]
email: { plus_tags: ignore }
exclude: { emails: [" QA@Example.com", qa@example.com], domains: ["@Example.org"] }
`);
    expect(problems).toEqual([]);
    expect(ownIdentity).toBe(true);
    expect(identity).toEqual({
      version: 1,
      match: ['email', 'phone'],
      email: { plus_tags: 'ignore', dots: 'keep' },
      exclude: { emails: ['qa@example.com'], domains: ['example.org'] },
    });
  });

  it('names mistakes with what was meant; the standard rules hold then', () => {
    const { identity, problems } = check('version: 1\nmatch: [mail]\nemial: {}\n');
    expect(identity).toEqual(DEFAULT_IDENTITY);
    expect(problems.map(({ path, hint }) => `${path} ${hint}`)).toEqual([
      'identity.yaml:2 (match.0) Did you mean "email"?',
      'identity.yaml:3 (emial) Did you mean "email"?',
    ]);
  });

  it('refuses what is no address and no domain, and kinds named twice', () => {
    expect(
      check('version: 1\nexclude: { emails: [example.com], domains: [dana@example.com, local] }\n').problems,
    ).toMatchObject([
      { path: 'identity.yaml:2 (exclude.emails.0)', hint: 'Whole domains go under exclude.domains.' },
      { path: 'identity.yaml:2 (exclude.domains.0)' },
      { path: 'identity.yaml:2 (exclude.domains.1)', hint: 'Write it like example.com.' },
    ]);
    expect(check('version: 1\nmatch: [email, email]\n').problems).toMatchObject([
      { message: '"match": names something twice.' },
    ]);
  });
});
