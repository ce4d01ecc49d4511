import { useSyncExternalStore } from 'react';

/** What one person chose in this browser. The address never holds any of it. */
interface Preferences {
  rail: 'narrow' | 'wide';
  letters: 'on' | 'off';
  density: 'comfortable' | 'compact';
}

const DEFAULTS: Preferences = { rail: 'narrow', letters: 'on', density: 'comfortable' };
const listeners = new Set<() => void>();

function read<K extends keyof Preferences>(name: K): Preferences[K] {
  try {
    return (localStorage.getItem(`turnout-${name}`) as Preferences[K] | null) ?? DEFAULTS[name];
  } catch {
    return DEFAULTS[name];
  }
}

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  try {
    localStorage.setItem(`turnout-${name}`, value);
  } catch {
    // A browser that keeps nothing still works; it forgets the choice.
  }
  for (const listener of listeners) listener();
}

export function usePreference<K extends keyof Preferences>(name: K): Preferences[K] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => read(name),
  );
}

/** For listeners outside of components. */
export function lettersAreOn(): boolean {
  return read('letters') === 'on';
}
