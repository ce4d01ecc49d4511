import { BlockList, isIPv6 } from 'node:net';

const ranges = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const) {
  ranges.addSubnet(network, prefix, 'ipv4');
}
ranges.addAddress('::1', 'ipv6');
ranges.addSubnet('fc00::', 7, 'ipv6');
ranges.addSubnet('fe80::', 10, 'ipv6');

/** True for an address of this machine or of a private network, where traffic does not cross the internet. */
export function isPrivateAddress(address: string): boolean {
  return ranges.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
