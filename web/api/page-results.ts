import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Query } from '../../src/contract/query.ts';
import type { BatchItem, BatchResult } from '../../src/contract/result.ts';
import { setBusy } from './busy.ts';
import { isWorthRetrying, postJson, RequestError } from './client.ts';

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

interface Page {
  version: string;
  results: ReadonlyMap<string, BatchItem>;
  /** Milliseconds after which to ask again, because the server had no answer to a part just now. */
  askAgainAfter?: number;
}

const NOTHING: ReadonlyMap<string, BatchItem> = new Map();
/** Readers that were turned away together must not come back together. */
const ASK_AGAIN_MS = { least: 1_500, most: 4_000 };

/**
 * Everything a page shows in one request over one data version. A state that is left before its answer came is aborted on the
 * wire. `scope` names the page: results of another page are never shown in its place. A part that the server could not answer just
 * now keeps its numbers and is asked for again.
 */
export function usePageResults(scope: string, queries: readonly KeyedQuery[], enabled: boolean): PageResults {
  const client = useQueryClient();
  const queryKey = ['page', scope, queries];
  const page = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Page> => {
      const body = { queries: queries.map(({ query }) => query) };
      const batch = await postJson<BatchResult>('/api/v1/query', body, signal);
      return mergeAnswer(queries, batch, client.getQueryData<Page>(queryKey)?.results);
    },
    enabled: enabled && queries.length > 0,
    placeholderData: (previous, query) => (query?.queryKey[1] === scope ? keepPreviousData(previous) : undefined),
    refetchInterval: ({ state }) =>
      state.data?.askAgainAfter ?? (state.error && isWorthRetrying(0, state.error) ? ASK_AGAIN_MS.most : false),
    structuralSharing: false,
    gcTime: 60_000,
  });
  const busy = page.data?.askAgainAfter !== undefined || (page.data !== undefined && page.isError);
  const { current: self } = useRef({});
  useEffect(() => {
    setBusy(self, busy);
    return () => setBusy(self, false);
  }, [self, busy]);
  return {
    results: page.data?.results ?? (page.error ? allFailed(queries, page.error) : NOTHING),
    loading: page.isPlaceholderData || page.isPending,
    retry: () => void page.refetch(),
  };
}

/** What came, and in place of what the server could not answer just now what was there before. */
export function mergeAnswer(
  queries: readonly KeyedQuery[],
  batch: BatchResult,
  before: ReadonlyMap<string, BatchItem> | undefined,
): Page {
  const results = new Map<string, BatchItem>();
  let missing = false;
  queries.forEach(({ key }, index) => {
    const item = batch.results[index];
    if (item === undefined) return;
    const away = 'error' in item && item.error.code === 'unavailable';
    missing ||= away;
    results.set(key, away ? (before?.get(key) ?? item) : item);
  });
  const { least, most } = ASK_AGAIN_MS;
  return {
    version: batch.data_version,
    results,
    ...(missing ? { askAgainAfter: least + Math.random() * (most - least) } : {}),
  };
}

/** The page keeps its frame: every tile says what failed and can try again. */
function allFailed(queries: readonly KeyedQuery[], error: Error): ReadonlyMap<string, BatchItem> {
  const item: BatchItem = {
    error: { code: error instanceof RequestError ? error.code : 'internal', message: error.message, problems: [] },
  };
  return new Map(queries.map(({ key }) => [key, item]));
}
