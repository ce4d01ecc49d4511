import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type {
  ConnectorInfo,
  IdentityReport,
  QuarantinePage,
  RunDetail,
  RunInfo,
  SourceDetail,
} from '../../src/contract/api.ts';
import { fetchJson } from '../api/client.ts';
import { sourcePath } from './source-path.ts';

/** While a run is under way its numbers are asked for again and again. */
const RUNNING_MS = 1_000;
const RESTING_MS = 20_000;
const RUNS_PER_PAGE = 30;

/** One source with its declaration. */
export function useSource(name: string, enabled = true) {
  return useQuery({
    queryKey: ['sources', 'one', name],
    queryFn: ({ signal }) => fetchJson<SourceDetail>(sourcePath(name), signal),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? RUNNING_MS : RESTING_MS),
    enabled,
  });
}

/** Runs of a source, newest first, thirty at a time. */
export function useRuns(name: string, running: boolean, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['sources', 'runs', name],
    queryFn: async ({ signal, pageParam }) => {
      const before = pageParam === null ? '' : `&before=${pageParam}`;
      const path = `${sourcePath(name)}/runs?limit=${RUNS_PER_PAGE}${before}`;
      return (await fetchJson<{ runs: RunInfo[] }>(path, signal)).runs;
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < RUNS_PER_PAGE ? undefined : (page.at(-1)?.id ?? undefined)),
    // A run that has just ended is still listed as running until it is asked for once more.
    refetchInterval: ({ state }) =>
      running || state.data?.pages[0]?.some((run) => run.state === 'running') ? RUNNING_MS : RESTING_MS,
    enabled,
  });
}

/** One run with its log. */
export function useRun(id: number) {
  return useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => fetchJson<RunDetail>(`/api/v1/runs/${id}`, signal),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? RUNNING_MS : false),
    staleTime: RUNNING_MS,
  });
}

export function useConnectors() {
  return useQuery({
    queryKey: ['connectors'],
    queryFn: async ({ signal }) =>
      (await fetchJson<{ connectors: ConnectorInfo[] }>('/api/v1/connectors', signal)).connectors,
  });
}

export interface QuarantineFilter {
  source?: string | undefined;
  day?: string | undefined;
  rule?: string | undefined;
}

/** Pages of quarantined records under a filter, newest first. */
export function useQuarantinePages(filter: QuarantineFilter) {
  return useInfiniteQuery({
    queryKey: ['quarantine', filter],
    queryFn: ({ signal, pageParam }) => {
      const search = new URLSearchParams({ limit: '50' });
      for (const [key, value] of Object.entries({ ...filter, before: pageParam ?? undefined })) {
        if (value !== undefined) search.set(key, value);
      }
      return fetchJson<QuarantinePage>(`/api/v1/quarantine?${search}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function useIdentity() {
  return useQuery({
    queryKey: ['identity'],
    queryFn: ({ signal }) => fetchJson<IdentityReport>('/api/v1/identity', signal),
    staleTime: 0,
  });
}
