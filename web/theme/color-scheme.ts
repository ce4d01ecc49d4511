import { useEffect, useSyncExternalStore } from 'react';
import { useMediaQuery } from '../layout/use-media-query.ts';

export type ColorScheme = 'auto' | 'light' | 'dark';

/** Read before the first paint by index.html, too. */
const KEY = 'turnout-theme';

let choice = readChoice();
const listeners = new Set<() => void>();

function readChoice(): ColorScheme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setColorScheme(next: ColorScheme): void {
  choice = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Kept for this visit only.
  }
  for (const listener of listeners) listener();
}

/** The reader's choice. */
export function useColorScheme(): ColorScheme {
  return useSyncExternalStore(subscribe, () => choice);
}

/** The document follows the choice and, where there is none, the system. */
export function useColoredDocument(): void {
  const scheme = useColorScheme();
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)');
  useEffect(() => {
    document.documentElement.dataset['theme'] = scheme === 'auto' ? (systemIsDark ? 'dark' : 'light') : scheme;
  }, [scheme, systemIsDark]);
}
