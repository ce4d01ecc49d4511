import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** What an IP address is good for, from its number alone (IANA's special-purpose registries). */

/** Why an address is not one of the public internet, as it stands in "The address 10.0.0.1 is …". */
export type AddressKind = 'private' | 'link-local' | 'multicast' | 'reserved' | 'metadata';

const IPV4: readonly [network: string, prefix: number, kind: AddressKind][] = [
  ['0.0.0.0', 8, 'reserved'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'private'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'reserved'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'reserved'],
  ['198.51.100.0', 24, 'reserved'],
  ['203.0.113.0', 24, 'reserved'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
];

const IPV6: readonly [network: string, prefix: number, kind: AddressKind][] = [
  ['::1', 128, 'private'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['ff00::', 8, 'multicast'],
  ['2001::', 23, 'reserved'],
  ['2001:db8::', 32, 'reserved'],
  ['2002::', 16, 'reserved'],
  ['3fff::', 20, 'reserved'],
];

/** Where clouds hand out credentials to whoever asks from inside. Some of these lie in public ranges. */
const METADATA = blockListOf([
  ['169.254.169.254', 32],
  ['169.254.169.253', 32],
  ['169.254.170.2', 32],
  ['169.254.170.23', 32],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['fd00:ec2::254', 128],
  ['fd00:ec2::23', 128],
  ['fd20:ce::254', 128],
]);

const IPV4_LISTS = IPV4.map(([network, prefix, kind]) => ({ list: blockListOf([[network, prefix]]), kind }));
const IPV6_LISTS = IPV6.map(([network, prefix, kind]) => ({ list: blockListOf([[network, prefix]]), kind }));
/** Everything that is handed out to the public lies in here. */
const GLOBAL_IPV6 = blockListOf([['2000::', 3]]);

/** undefined for a public address. `address` is an IP address as `normaliseAddress` gives it. */
export function addressKind(address: string): AddressKind | undefined {
  if (contains(METADATA, address)) return 'metadata';
  if (isIPv4(address)) return IPV4_LISTS.find(({ list }) => contains(list, address))?.kind;
  const inner = embeddedIpv4(address);
  if (inner !== undefined) {
    const kind = addressKind(inner.address);
    if (kind !== undefined) return kind;
    if (inner.routed) return undefined;
  }
  const special = IPV6_LISTS.find(({ list }) => contains(list, address))?.kind;
  return special ?? (contains(GLOBAL_IPV6, address) ? undefined : 'reserved');
}

/** One spelling per address: IPv6 in its short form without zone and brackets, an IPv4 address mapped into IPv6 as IPv4; undefined for what is no address. */
export function normaliseAddress(text: string): string | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const kind = isIP(bare);
  if (kind === 4) return bare;
  if (kind === 0 || bare.includes('%')) return undefined;
  const short = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const groups = groupsOf(short);
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff ? ipv4Of(groups, 6) : short;
}

export function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

export function blockListOf(subnets: readonly [network: string, prefix: number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
}

/** The IPv4 address that an IPv6 address stands for. `routed`: translated on the way (NAT64), so that a public one is reachable. */
function embeddedIpv4(address: string): { address: string; routed: boolean } | undefined {
  const groups = groupsOf(address);
  const starts = (...head: number[]) => head.every((group, index) => groups[index] === group);
  if (starts(0x64, 0xff9b, 0, 0, 0, 0)) return { address: ipv4Of(groups, 6), routed: true };
  if (starts(0, 0, 0, 0, 0, 0xffff)) return { address: ipv4Of(groups, 6), routed: true };
  if (starts(0, 0, 0, 0, 0xffff, 0)) return { address: ipv4Of(groups, 6), routed: false };
  if (starts(0x2002)) return { address: ipv4Of(groups, 1), routed: false };
  if (starts(0, 0, 0, 0, 0, 0) && groups[6] !== 0) return { address: ipv4Of(groups, 6), routed: false };
  return undefined;
}

/** The eight groups of an IPv6 address in the URL standard's spelling. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...new Array<string>(gap).fill('0'), ...right].map((group) => Number.parseInt(group, 16));
}

function ipv4Of(groups: readonly number[], at: number): string {
  const [high = 0, low = 0] = groups.slice(at, at + 2);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
