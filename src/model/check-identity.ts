import type { Problem } from '../contract/errors.ts';
import { DEFAULT_IDENTITY, type IdentityRules, identityFile } from '../contract/identity.ts';
import { parseDocument } from './parse-document.ts';
import { type Pointer, problemAt, type SourceDocument } from './source-document.ts';

/** The workspace's rules of identity, relative to it. */
export const IDENTITY_FILE = 'identity.yaml';

/** Checks `identity.yaml`. With a mistake, and without the file, the standard rules hold. */
export function checkIdentity(documents: readonly SourceDocument[]): {
  identity: IdentityRules;
  /** The workspace has rules of its own. */
  ownIdentity: boolean;
  problems: Problem[];
} {
  const [source, ...more] = documents;
  if (source === undefined) return { identity: DEFAULT_IDENTITY, ownIdentity: false, problems: [] };
  const parsed = parseDocument(source, identityFile);
  const problems = parsed.ok
    ? checkIdentityRules(parsed.value, (pointer, ...said) => problemAt(source, pointer, ...said))
    : parsed.problems;
  if (more.length > 0)
    problems.push(
      problemAt(source, [], 'invalid_value', `${source.path} must be one document: it has ${documents.length}.`),
    );
  return {
    identity: parsed.ok && problems.length === 0 ? tidyIdentity(parsed.value) : DEFAULT_IDENTITY,
    ownIdentity: true,
    problems,
  };
}

/** Addresses and domains in lower case, trimmed, each once; domains without a leading `@`. */
export function tidyIdentity(rules: IdentityRules): IdentityRules {
  const tidy = (texts: readonly string[]) => [...new Set(texts.map((text) => text.trim().toLowerCase()))];
  const { emails, domains } = rules.exclude;
  return {
    ...rules,
    exclude: { emails: tidy(emails), domains: tidy(domains.map((domain) => domain.trim().replace(/^@/, ''))) },
  };
}

type ProblemMaker = (pointer: Pointer, code: string, message: string, hint?: string) => Problem;

/** Mistakes of rules that fit the schema: excluded addresses and domains that are none. Pure. */
export function checkIdentityRules({ exclude }: IdentityRules, problemOf: ProblemMaker): Problem[] {
  return [
    ...exclude.emails.flatMap((email, index) =>
      /^[^\s@]+@[^\s@]+$/.test(email.trim())
        ? []
        : [
            problemOf(
              ['exclude', 'emails', index],
              'invalid_value',
              `"${email}" is not an e-mail address.`,
              'Whole domains go under exclude.domains.',
            ),
          ],
    ),
    ...exclude.domains.flatMap((domain, index) =>
      /^@?[^\s@.]+(\.[^\s@.]+)+$/.test(domain.trim())
        ? []
        : [
            problemOf(
              ['exclude', 'domains', index],
              'invalid_value',
              `"${domain}" is not a domain.`,
              'Write it like example.com.',
            ),
          ],
    ),
  ];
}
