import type { BlockList } from 'node:net';
import { isIPv6 } from 'node:net';
import { addressKind, blockListOf, contains, normaliseAddress } from './ip-address.ts';

/** Whom Turnout may ask: everything public on the usual ports by TLS, and what `egress.allow` in turnout.yaml names. */

export interface EgressPolicy {
  readonly allowed: readonly AllowedTarget[];
  /** Entries that could not be read, a sentence each; they allow nothing. */
  readonly problems: readonly string[];
}

interface AllowedTarget {
  /** Present where the entry is a name. */
  name?: string;
  /** Present where the entry is an address or a network. */
  network?: BlockList;
  /** Every port where absent. */
  port?: number;
}

const TLS_PORT = 443;
/** TLS, PostgreSQL, PgBouncer. */
const USUAL_PORTS: readonly number[] = [TLS_PORT, 5432, 6432];
const METADATA_NAMES: readonly string[] = [
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
];

/** `allow`: `127.0.0.1`, `127.0.0.1:5432`, `[::1]:5432`, `10.0.0.0/8`, `db.internal`, `db.internal:5432`. */
export function createEgressPolicy(settings: { allow: readonly string[] }): EgressPolicy {
  const allowed: AllowedTarget[] = [];
  const problems: string[] = [];
  for (const entry of settings.allow) {
    const target = parseEntry(entry.trim());
    if (target === undefined) problems.push(unreadable(entry));
    else allowed.push(target);
  }
  return { allowed, problems };
}

/** A host as the URL standard writes it (decimal, octal, hex and full-width forms become one), without a final dot; undefined for what is none. */
export function normaliseHost(host: string): string | undefined {
  const address = normaliseAddress(host);
  if (address !== undefined) return address;
  if (host === '' || host.length > 253 || /[\s@/\\?#:%[\]]|\p{Cc}/u.test(host)) return undefined;
  const url = URL.parse(`http://${host}/`);
  if (url === null) return undefined;
  const name = url.hostname.replace(/\.$/, '');
  return normaliseAddress(name) ?? (/^[a-z0-9._-]+$/.test(name) ? name : undefined);
}

/**
 * What the host and port alone tell, before any name is looked up: a sentence where they are refused, undefined where they
 * may be tried. For create, update and test of a source; the address itself is checked again by `resolveTarget`.
 */
export function checkHost(host: string, port: number, policy: EgressPolicy): string | undefined {
  const name = normaliseHost(host);
  if (name === undefined) return `"${host}" is not the name of a host.`;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `${port} is not a port.`;
  if (METADATA_NAMES.includes(name)) return metadataSentence(name);
  const address = normaliseAddress(name);
  if (address !== undefined) return checkAddress(address, address, port, policy);
  if (allowsName(name, port, policy)) return undefined;
  // An entry for an address can only be held against what the name resolves to.
  if (policy.allowed.some((target) => target.network !== undefined && coversPort(target, port))) return undefined;
  if (name === 'localhost' || name.endsWith('.localhost')) return privateSentence(name, undefined, 'private', port);
  return USUAL_PORTS.includes(port) ? undefined : portSentence(name, port);
}

/** The same for an address of a request: only https, http where the host is on the allow list, no name and password in it. */
export function checkUrl(text: string, policy: EgressPolicy): string | undefined {
  const url = URL.parse(text);
  if (url === null) return `"${text.slice(0, 200)}" is not an address of the web.`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `Addresses begin with https://; "${url.protocol}" is not asked.`;
  if (url.username !== '' || url.password !== '')
    return `The address of "${url.hostname}" holds a name or password before @; leave them out.`;
  const port = portOf(url);
  if (url.protocol === 'http:' && !mayBeListed(url.hostname, port, policy))
    return checkHost(url.hostname, TLS_PORT, policy) ?? plainSentence(url.hostname, port);
  return checkHost(url.hostname, port, policy);
}

/** A sentence where this address (of that host) is refused. */
export function checkAddress(host: string, address: string, port: number, policy: EgressPolicy): string | undefined {
  const kind = addressKind(address);
  if (kind === 'metadata') return metadataSentence(address);
  if (isListed(host, address, port, policy)) return undefined;
  if (kind !== undefined) return privateSentence(host, address, kind, port);
  return USUAL_PORTS.includes(port) ? undefined : portSentence(host, port);
}

/** Whether `egress.allow` names this host or address with this port. */
export function isListed(host: string, address: string, port: number, policy: EgressPolicy): boolean {
  return allowsName(host, port, policy) || allowsAddress(address, port, policy);
}

/** 443 and 80 where the address names none. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
}

export function plainSentence(host: string, port: number): string {
  return `"${host}" is asked without TLS. Use https://, or add "${withPort(host, port)}" to egress.allow in turnout.yaml.`;
}

function mayBeListed(host: string, port: number, policy: EgressPolicy): boolean {
  const name = normaliseHost(host);
  if (name === undefined) return false;
  const address = normaliseAddress(name);
  if (address !== undefined) return allowsAddress(address, port, policy);
  return policy.allowed.some((target) => coversPort(target, port) && (target.name ?? name) === name);
}

function allowsName(host: string, port: number, policy: EgressPolicy): boolean {
  return policy.allowed.some((target) => target.name === host && coversPort(target, port));
}

function allowsAddress(address: string, port: number, policy: EgressPolicy): boolean {
  return policy.allowed.some(
    ({ network, ...target }) => network !== undefined && coversPort(target, port) && contains(network, address),
  );
}

function coversPort(target: AllowedTarget, port: number): boolean {
  return target.port === undefined || target.port === port;
}

function parseEntry(entry: string): AllowedTarget | undefined {
  const network = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (network !== null) return parseNetwork(network[1] ?? '', Number(network[2]));
  const whole = normaliseAddress(entry);
  if (whole !== undefined) return parseNetwork(whole, isIPv6(whole) ? 128 : 32);
  const split = /^(.*?)(?::(\d{1,5}))?$/.exec(entry);
  const port = split?.[2] === undefined ? undefined : Number(split[2]);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const host = normaliseHost(split?.[1] ?? '');
  if (host === undefined) return undefined;
  const address = normaliseAddress(host);
  const target = address === undefined ? { name: host } : parseNetwork(address, isIPv6(address) ? 128 : 32);
  return target === undefined || port === undefined ? target : { ...target, port };
}

function parseNetwork(text: string, prefix: number): AllowedTarget | undefined {
  const address = normaliseAddress(text);
  if (address === undefined || prefix > (isIPv6(address) ? 128 : 32)) return undefined;
  return { network: blockListOf([[address, prefix]]) };
}

function unreadable(entry: string): string {
  return `"${entry}" in egress.allow is neither an address, a network such as 10.0.0.0/8 nor a name, with or without a port.`;
}

function metadataSentence(host: string): string {
  return `"${host}" is where clouds keep credentials; it is never asked.`;
}

function privateSentence(host: string, address: string | undefined, kind: string, port: number): string {
  const what =
    address === undefined
      ? `"${host}" is ${kind}`
      : host === address
        ? `The address ${address} is ${kind}`
        : `The address ${address} of "${host}" is ${kind}`;
  return `${what}. If it is meant, add "${withPort(address ?? host, port)}" to egress.allow in turnout.yaml.`;
}

function portSentence(host: string, port: number): string {
  return `Port ${port} of "${host}" is not among those that sources use (${USUAL_PORTS.join(', ')}). If it is meant, add "${withPort(host, port)}" to egress.allow in turnout.yaml.`;
}

function withPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
