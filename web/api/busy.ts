import { useSyncExternalStore } from 'react';

/** Pages whose numbers could not be had just now; they ask again by themselves. */
const waiting = new Set<object>();
const listeners = new Set<() => void>();

export function setBusy(page: object, busy: boolean): void {
  if (waiting.has(page) === busy) return;
  if (busy) waiting.add(page);
  else waiting.delete(page);
  for (const listener of listeners) listener();
}

/** Whether something on the screen is older than it should be because the server could not answer. */
export function useBusy(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.size > 0,
  );
}
