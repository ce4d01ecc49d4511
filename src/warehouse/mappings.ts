/** One range of a process's addresses, as Linux's `/proc/PID/smaps` tells of it. Sizes in kilobytes. */
export interface Mapping {
  /** The first address. */
  from: number;
  /** The address after the last. */
  to: number;
  /** `r-xp` and the like. */
  access: string;
  /** '' for memory that is no file's. */
  path: string;
  /** What of it is in memory. */
  resident: number;
  /** What of that is no file's page, or no longer: the process has a copy of its own. */
  anonymous: number;
}

/** Every mapping in the text of `/proc/PID/smaps`, in the order of the addresses. */
export function parseMappings(smaps: string): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of smaps.split('\n')) {
    const [, from, to, access, path] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ *(.*)$/.exec(line) ?? [];
    if (from !== undefined && to !== undefined && access !== undefined) {
      const addresses = { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) };
      mappings.push({ ...addresses, access, path: path ?? '', resident: 0, anonymous: 0 });
      continue;
    }
    const [, field, size] = /^(Rss|Anonymous): +(\d+)/.exec(line) ?? [];
    const mapping = mappings.at(-1);
    if (mapping === undefined || field === undefined) continue;
    mapping[field === 'Rss' ? 'resident' : 'anonymous'] = Number(size);
  }
  return mappings;
}
