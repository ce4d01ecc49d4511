import { useQuery } from '@tanstack/react-query';
import type { RollupInfo } from '../../src/contract/api.ts';
import { fetchJson } from '../api/client.ts';

/** How often roll-ups that are being built or wait are asked for; those that rest are asked with each new data version. */
const MOVING_MS = 2_000;

export function useRollups() {
  return useQuery({
    queryKey: ['rollups'],
    queryFn: async ({ signal }) => (await fetchJson<{ rollups: RollupInfo[] }>('/api/v1/rollups', signal)).rollups,
    refetchInterval: ({ state }) => (state.data?.every((rollup) => rollup.state === 'current') ? false : MOVING_MS),
  });
}
