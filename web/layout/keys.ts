import { useEffect, useRef } from 'react';
import { lettersAreOn } from './preferences.ts';

/** A letter, `Shift X`, `Ctrl Z` or a sequence such as `g o`. */
export type KeyMap = Record<string, () => void>;

const SEQUENCE_MS = 1_500;

let leader: { key: string; at: number } | null = null;

/** Acts on keys while the component is shown, outside of fields but for Ctrl K. Single letters obey the switch in the list of keys. */
export function useKeys(keys: KeyMap, enabled = true): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isLayerOpen(event.target)) return;
      const name = isField(event.target) ? fieldKeyName(event) : keyName(event, performance.now());
      const act = name === null ? undefined : current.current[name];
      if (!act) return;
      event.preventDefault();
      leader = null;
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [enabled]);
}

function keyName(event: KeyboardEvent, now: number): string | null {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey || event.isComposing) return null;
  if (event.ctrlKey || event.metaKey) return event.shiftKey ? null : `Ctrl ${key.toUpperCase()}`;
  if (!lettersAreOn() && event.key.length === 1) return null;
  if (event.shiftKey && /^[a-z]$/.test(key)) return `Shift ${key.toUpperCase()}`;
  const led = leader !== null && now - leader.at < SEQUENCE_MS ? leader.key : null;
  if (key === 'g' && led === null) {
    leader = { key, at: now };
    return null;
  }
  return led === null ? key : `${led} ${key}`;
}

/** Writing goes on in a field; only the palette opens from there, too. */
function fieldKeyName(event: KeyboardEvent): string | null {
  return keyName(event, performance.now()) === 'Ctrl K' ? 'Ctrl K' : null;
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

/** Keys of the page rest while a dialog has the focus. */
function isLayerOpen(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('dialog, [role="dialog"]') !== null;
}

/** The list that "?" shows. */
export const KEY_LIST: { keys: string; does: string }[] = [
  { keys: 'Ctrl K, /', does: 'Search: pages, tiles, values, periods, actions' },
  { keys: '?', does: 'This list' },
  { keys: 'g o', does: 'Go to the first dashboard' },
  { keys: 'g s', does: 'Go to sources' },
  { keys: 'g i, g l', does: 'Import a file, go to the ledger' },
  { keys: 'd, e', does: 'Today, yesterday' },
  { keys: 'w, Shift F, n', does: 'Last 7, 28, 91 days' },
  { keys: 'Shift K, m, q, y', does: 'This week, month, quarter, year' },
  { keys: 'p, l, a', does: 'Last month, last 12 months, all time' },
  { keys: 'c', does: 'Custom period' },
  { keys: '[, ]', does: 'Previous, next period' },
  { keys: 'x', does: 'Comparison on or off' },
  { keys: 'Shift X', does: 'Choose the comparison' },
  { keys: 'f', does: 'Add a filter' },
  { keys: 'j, k', does: 'Next, previous tile' },
  { keys: 'v', does: 'On a tile: chart or table' },
  { keys: 'z, Ctrl Z', does: 'Undo the last filter' },
  { keys: 'Esc', does: 'Close the top layer' },
];
