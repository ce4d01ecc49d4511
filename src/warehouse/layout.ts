/**
 * Where the tables stand. The same SQL reads all three; only what makes and changes tables differs.
 * On a cluster, `turnout` holds tables that span its shards, and `turnout_local` their rows on each of them.
 */
export type Layout = { kind: 'embedded' } | { kind: 'server' } | { kind: 'cluster'; cluster: string };

export const EMBEDDED: Layout = { kind: 'embedded' };
