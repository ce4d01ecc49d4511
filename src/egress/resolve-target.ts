import { lookup as systemLookup } from 'node:dns/promises';
import { PullError } from '../contract/pull.ts';
import { normaliseAddress } from './ip-address.ts';
import { checkAddress, checkHost, type EgressPolicy, isListed, normaliseHost } from './policy.ts';

export interface Target {
  /** As the URL standard writes it; what TLS and the Host header are told. */
  host: string;
  port: number;
  /** The one checked address to connect to: no second lookup, so a name cannot change its mind in between. */
  address: string;
  family: 4 | 6;
  /** Named by `egress.allow`. */
  listed: boolean;
}

/** All addresses of a name. */
export type Lookup = (host: string) => Promise<readonly { address: string }[]>;

const lookupAll: Lookup = (host) => systemLookup(host, { all: true, order: 'ipv4first' });

/** Looks the host up once and checks every address of it; throws `PullError` where any is forbidden. */
export async function resolveTarget(
  host: string,
  port: number,
  policy: EgressPolicy,
  lookup: Lookup = lookupAll,
): Promise<Target> {
  const refused = checkHost(host, port, policy);
  const name = normaliseHost(host);
  if (refused !== undefined || name === undefined) throw new PullError('settings', refused ?? `"${host}" is no host.`);
  const addresses = await addressesOf(name, lookup);
  for (const address of addresses) {
    const forbidden = checkAddress(name, address, port, policy);
    if (forbidden !== undefined) throw new PullError('settings', forbidden);
  }
  const [address] = addresses;
  if (address === undefined) throw new PullError('retry', `The name "${name}" has no address.`);
  const listed = addresses.every((each) => isListed(name, each, port, policy));
  return { host: name, port, address, family: address.includes(':') ? 6 : 4, listed };
}

async function addressesOf(name: string, lookup: Lookup): Promise<string[]> {
  const literal = normaliseAddress(name);
  if (literal !== undefined) return [literal];
  const found = await lookup(name).catch((error: unknown) => {
    throw new PullError('retry', lookupSentence(name, error));
  });
  return found.map(({ address }) => {
    const known = normaliseAddress(address);
    if (known === undefined)
      throw new PullError('settings', `"${name}" resolves to ${address}, which cannot be reached.`);
    return known;
  });
}

function lookupSentence(name: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOTFOUND' || code === 'ENODATA'
    ? `There is no host "${name}", as far as the name server knows. Check how it is written.`
    : `The name "${name}" could not be looked up: the name server does not answer.`;
}

/** A person waits while a source is saved. */
const PATIENCE_MS = 3000;

/**
 * For a source that is created or changed: a sentence where the host, or any address that its name has now, may not be asked.
 * A name that cannot be looked up at the moment, or not soon, is not held against it; every run checks again.
 */
export async function checkTarget(
  host: string,
  port: number,
  policy: EgressPolicy,
  lookup?: Lookup,
): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, PATIENCE_MS, undefined);
  const found = resolveTarget(host, port, policy, lookup).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof PullError)) throw error;
      return error.kind === 'settings' ? error.message : undefined;
    },
  );
  return Promise.race([found, late]).finally(() => clearTimeout(timer));
}
