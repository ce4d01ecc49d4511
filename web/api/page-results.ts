import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Query } from '../../src/contract/query.ts';
import type { BatchItem, BatchResult } from '../../src/contract/result.ts';
import { postJson, RequestError } from './client.ts';

export interface KeyedQuery {
  key: string;
  query: Query;
}

export interface PageResults {
  /** By query key; a query that failed holds its error, and so does each one where the whole batch failed. Empty until the first answer. */
  results: ReadonlyMap<string, BatchItem>;
  /** The page state changed and its answer is still on the way: what is shown belongs to the state before. */
  loading: boolean;
  retry(): void;
}

const NOTHING: ReadonlyMap<string, BatchItem> = new Map();

/**
 * Everything a page shows in one request over one data version. A state that is left before its answer came is aborted on the
 * wire. `scope` names the page: results of another page are never shown in its place.
 */
export function usePageResults(scope: string, queries: readonly KeyedQuery[], enabled: boolean): PageResults {
  const page = useQuery({
    queryKey: ['page', scope, queries],
    queryFn: async ({ signal }) => {
      const body = { queries: queries.map(({ query }) => query) };
      const batch = await postJson<BatchResult>('/api/v1/query', body, signal);
      const results = new Map<string, BatchItem>();
      queries.forEach(({ key }, index) => {
        const item = batch.results[index];
        if (item) results.set(key, item);
      });
      return { version: batch.data_version, results };
    },
    enabled: enabled && queries.length > 0,
    placeholderData: (previous, query) => (query?.queryKey[1] === scope ? keepPreviousData(previous) : undefined),
    structuralSharing: false,
    gcTime: 60_000,
  });
  return {
    results: page.data?.results ?? (page.error ? allFailed(queries, page.error) : NOTHING),
    loading: page.isPlaceholderData || page.isPending,
    retry: () => void page.refetch(),
  };
}

/** The page keeps its frame: every tile says what failed and can try again. */
function allFailed(queries: readonly KeyedQuery[], error: Error): ReadonlyMap<string, BatchItem> {
  const item: BatchItem = {
    error: { code: error instanceof RequestError ? error.code : 'internal', message: error.message, problems: [] },
  };
  return new Map(queries.map(({ key }) => [key, item]));
}
