const KEY = 'turnout-recent';
const MOST_RECENT = 8;

/** Ids of what was chosen in the palette of this browser, last first. */
export function readRecent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, MOST_RECENT) : [];
  } catch {
    return [];
  }
}

export function rememberRecent(id: string): void {
  try {
    const ids = [id, ...readRecent().filter((one) => one !== id)].slice(0, MOST_RECENT);
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // A browser that keeps nothing still works; it forgets what was used.
  }
}
