import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Freshness } from '../../src/contract/api.ts';

/** How often new numbers are fetched at most, and how long a lost connection waits before the next try. */
const REFRESH_MS = 1_000;
const RECONNECT_MS = 2_000;
/** Shorter breaks are not worth a banner. */
const NOTICE_MS = 3_000;

/** Queries whose answers change with the data. */
const COUNTED = ['page', 'workspace', 'sources', 'ledger', 'quarantine', 'identity', 'source-groups', 'rollups'];

let reachable = true;
const listeners = new Set<() => void>();

function setReachable(next: boolean): void {
  if (reachable === next) return;
  reachable = next;
  for (const listener of listeners) listener();
}

/** False once the server has been silent for some seconds. */
export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => reachable,
  );
}

/**
 * Keeps the page current while it is open: a new data version re-fetches what it shows, at most once a second. What is under way is
 * let end first: while versions come fast a page would be begun again and again.
 */
export function useVersionEvents(): void {
  const client = useQueryClient();
  useEffect(() => connect(client), [client]);
}

function connect(client: QueryClient): () => void {
  let stream: EventSource | null = null;
  let version: string | null = null;
  /** Versions count anew: everything was made again from the journal, or the sample went. */
  let begunAnew = false;
  let refreshAt = 0;
  let refreshTimer: number | undefined;
  let reconnectTimer: number | undefined;
  let noticeTimer: number | undefined;
  let closed = false;

  const isOld = (page: unknown): boolean => version !== null && (begunAnew || isOlder(page, version));
  const refreshSoon = () => {
    refreshTimer ??= window.setTimeout(() => void refresh(), Math.max(0, refreshAt - performance.now()));
  };
  const refresh = async () => {
    refreshTimer = undefined;
    refreshAt = performance.now() + REFRESH_MS;
    const outdated = (query: Query) =>
      COUNTED.includes(String(query.queryKey[0])) && (query.queryKey[0] !== 'page' || isOld(query.state.data));
    // Some were under way before the newest version was told. A page says of which version it is, the others do not.
    const cache = client.getQueryCache();
    const begunBefore = cache.findAll({ predicate: outdated, fetchStatus: 'fetching', type: 'active' });
    const answered = client.invalidateQueries({ predicate: outdated }, { cancelRefetch: false });
    begunAnew = false;
    await answered;
    const pages = cache.findAll({ queryKey: ['page'], type: 'active' });
    const isBehind =
      begunBefore.some(({ queryKey }) => queryKey[0] !== 'page') ||
      pages.some(({ state }) => state.status === 'success' && isOld(state.data));
    if (!closed && isBehind) refreshSoon();
  };

  const open = () => {
    reconnectTimer = undefined;
    stream = new EventSource('/api/v1/live');
    stream.addEventListener('version', (event) => {
      const freshness = JSON.parse(event.data) as Freshness;
      window.clearTimeout(noticeTimer);
      noticeTimer = undefined;
      setReachable(true);
      void client.refetchQueries({ predicate: (query) => query.state.status === 'error' });
      client.setQueryData(['freshness'], freshness);
      const before = version;
      version = freshness.data_version;
      if (before !== null && entryOf(version) < entryOf(before)) begunAnew = true;
      // The page may have been answered before the stream opened.
      if (before === null ? hasOlderPage(client, isOld) : before !== version) refreshSoon();
    });
    stream.onerror = () => {
      noticeTimer ??= window.setTimeout(() => setReachable(false), NOTICE_MS);
      if (stream?.readyState === EventSource.CLOSED) reconnectTimer ??= window.setTimeout(open, RECONNECT_MS);
    };
  };
  open();

  return () => {
    closed = true;
    stream?.close();
    for (const timer of [refreshTimer, reconnectTimer, noticeTimer]) window.clearTimeout(timer);
  };
}

function hasOlderPage(client: QueryClient, isOld: (page: unknown) => boolean): boolean {
  return client.getQueriesData({ queryKey: ['page'] }).some(([, page]) => page !== undefined && isOld(page));
}

/** Whether a page was answered from numbers older than this version, or from others of the same entry. */
function isOlder(page: unknown, version: string): boolean {
  const shown = (page as { version: string } | undefined)?.version;
  return shown === undefined || (shown !== version && entryOf(shown) <= entryOf(version));
}

/** A version is `<number of the last entry>.<rules>`. */
function entryOf(version: string): number {
  return Number.parseInt(version, 10);
}
