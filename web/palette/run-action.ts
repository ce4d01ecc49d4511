import { useNavigate } from '@tanstack/react-router';
import { announce, showToast } from '../layout/messages.tsx';
import { setPreference } from '../layout/preferences.ts';
import { setColorScheme } from '../theme/color-scheme.ts';
import type { PageScope } from './page-scope.ts';
import type { PaletteAction } from './palette-items.ts';

/** Does what was chosen, after the palette has closed and given the focus back. */
export function useActions(scope: PageScope | null, onKeys: () => void): (action: PaletteAction) => void {
  const navigate = useNavigate();
  return (action) => {
    switch (action.type) {
      case 'go':
        void navigate({ to: '/d/$name', params: { name: action.dashboard }, search: { text: '' } });
        document.getElementById('content')?.focus({ preventScroll: true });
        return;
      case 'open':
        void navigate({ to: action.path, search: { text: '' } });
        document.getElementById('content')?.focus({ preventScroll: true });
        return;
      case 'tile':
        return showTile(action.id);
      case 'view':
        return scope?.page.change(action.patch);
      case 'reset':
        return scope?.page.reset();
      case 'undo':
        return announce(scope?.page.undo() ? 'The last filter is undone' : 'There is no filter to undo');
      case 'theme':
        return setColorScheme(action.theme);
      case 'density':
        return setPreference('density', action.density);
      case 'keys':
        return onKeys();
      case 'copy-link':
        return void copyLink();
    }
  };
}

function showTile(id: string): void {
  const tile = document.getElementById(`tile-${id}`);
  tile?.scrollIntoView({ block: 'start' });
  tile?.focus({ preventScroll: true });
}

/** Browsers have no clipboard for pages without TLS. */
async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(window.location.href);
    showToast('Link copied');
  } catch {
    showToast('This browser does not let pages copy; take the link from the address bar.');
  }
}
