import { type QueryClient, useQueryClient } from '@tanstack/react-query';
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

/** Keeps the page current while it is open: a new data version re-fetches what it shows, at most once a second. */
export function useVersionEvents(): void {
  const client = useQueryClient();
  useEffect(() => connect(client), [client]);
}

function connect(client: QueryClient): () => void {
  let stream: EventSource | null = null;
  let version: string | null = null;
  let refreshAt = 0;
  let refreshTimer: number | undefined;
  let reconnectTimer: number | undefined;
  let noticeTimer: number | undefined;

  const refresh = () => {
    refreshTimer = undefined;
    refreshAt = performance.now() + REFRESH_MS;
    void client.invalidateQueries({ predicate: (query) => COUNTED.includes(String(query.queryKey[0])) });
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
      const changed = version !== freshness.data_version && (version !== null || hasOlderPage(client, freshness));
      version = freshness.data_version;
      if (changed && refreshTimer === undefined) {
        refreshTimer = window.setTimeout(refresh, Math.max(0, refreshAt - performance.now()));
      }
    });
    stream.onerror = () => {
      noticeTimer ??= window.setTimeout(() => setReachable(false), NOTICE_MS);
      if (stream?.readyState === EventSource.CLOSED) reconnectTimer ??= window.setTimeout(open, RECONNECT_MS);
    };
  };
  open();

  return () => {
    stream?.close();
    for (const timer of [refreshTimer, reconnectTimer, noticeTimer]) window.clearTimeout(timer);
  };
}

/** The page may have been answered before the stream opened. */
function hasOlderPage(client: QueryClient, freshness: Freshness): boolean {
  return client
    .getQueriesData<{ version: string }>({ queryKey: ['page'] })
    .some(([, page]) => page !== undefined && page.version !== freshness.data_version);
}
