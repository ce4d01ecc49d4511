import { useQuery } from '@tanstack/react-query';
import type { StorageInfo } from '../../src/contract/api.ts';
import { fetchJson } from '../api/client.ts';

/** The server measures at most so often. */
const MEASURED_MS = 30_000;

export function useStorage() {
  return useQuery({
    queryKey: ['storage'],
    queryFn: ({ signal }) => fetchJson<StorageInfo>('/api/v1/storage', signal),
    refetchInterval: MEASURED_MS,
    staleTime: MEASURED_MS,
  });
}
