import { QueryClient, useQuery } from '@tanstack/react-query';
import type { Catalog, Freshness, LedgerRow, SourceInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import { fetchJson, isWorthRetrying } from './client.ts';

const MINUTE = 60_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: isWorthRetrying,
        // Readers that were turned away together must not come back together.
        retryDelay: (attempt) => Math.min(4_000, 500 * 2 ** attempt) * (0.5 + Math.random()),
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
    },
  });
}

/** Asked again every five minutes because midnight moves `today`. */
export function useWorkspace() {
  return useQuery({
    queryKey: ['workspace'],
    queryFn: ({ signal }) => fetchJson<WorkspaceInfo>('/api/v1/workspace', signal),
    refetchInterval: 5 * MINUTE,
  });
}

export function useCatalog() {
  return useQuery({
    queryKey: ['catalog'],
    queryFn: ({ signal }) => fetchJson<Catalog>('/api/v1/metrics', signal),
  });
}

export function useDashboard(name: string) {
  return useQuery({
    queryKey: ['dashboard', name],
    queryFn: ({ signal }) => fetchJson<Dashboard>(`/api/v1/dashboards/${encodeURIComponent(name)}`, signal),
  });
}

/** Written by the live connection; fetched once for pages that open while it is down. */
export function useFreshness() {
  return useQuery({
    queryKey: ['freshness'],
    queryFn: ({ signal }) => fetchJson<Freshness>('/api/v1/freshness', signal),
  });
}

export function useSources() {
  return useQuery({
    queryKey: ['sources'],
    queryFn: async ({ signal }) => (await fetchJson<{ sources: SourceInfo[] }>('/api/v1/sources', signal)).sources,
    refetchInterval: MINUTE,
  });
}

/** Billable messages without a price. */
export function useUnpriced() {
  return useQuery({
    queryKey: ['unpriced'],
    queryFn: async ({ signal }) => (await fetchJson<{ messages: number }>('/api/v1/unpriced', signal)).messages,
  });
}

export function useLedger() {
  return useQuery({
    queryKey: ['ledger'],
    queryFn: ({ signal }) => fetchJson<LedgerRow[]>('/api/v1/ledger', signal),
  });
}
