import { IconSearch } from '@tabler/icons-react';

/** Opens the palette for those who do not press keys. */
export function SearchButton({ onOpen }: { onOpen(): void }) {
  return (
    <button
      type="button"
      className="button search-button"
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K /"
      title="Search (Ctrl K)"
      onClick={onOpen}
    >
      <IconSearch aria-hidden size={16} />
      <span className="search-word">Search</span>
      <span className="search-key" aria-hidden="true">
        <kbd>Ctrl K</kbd>
      </span>
    </button>
  );
}
