import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useVersionEvents } from '../api/live.ts';
import { useWorkspace } from '../api/queries.ts';
import { useColoredDocument } from '../theme/color-scheme.ts';
import { Banners } from './banners.tsx';
import { FreshnessChip } from './freshness-chip.tsx';
import { KeyList } from './key-list.tsx';
import { useKeys } from './keys.ts';
import { LiveRegion, Toasts } from './messages.tsx';
import { isUnderSources, PLACES, placeLabel } from './places.ts';
import { usePreference } from './preferences.ts';
import { Rail } from './rail.tsx';
import { SampleRibbon } from './sample-ribbon.tsx';
import { SearchButton } from './search-button.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** Everything around a page. The page itself is the only thing that scrolls. */
export function Shell() {
  useVersionEvents();
  const { data: workspace, isPending } = useWorkspace();
  const [keysOpened, setKeysOpened] = useState(false);
  const [paletteOpened, setPaletteOpened] = useState(false);
  const density = usePreference('density');
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });

  useEffect(() => {
    document.documentElement.dataset['density'] = density;
  }, [density]);

  const Palette = usePalette(paletteOpened || !isPending);
  useColoredDocument();

  useKeys({
    'Ctrl K': () => setPaletteOpened(true),
    '/': () => setPaletteOpened(true),
    '?': () => setKeysOpened(true),
    'g o': () => void navigate({ to: '/' }),
    'g h': () => void navigate({ to: '/' }),
    ...Object.fromEntries(
      PLACES.flatMap((place) => ('keys' in place ? [[place.keys, () => void navigate({ to: place.path })]] : [])),
    ),
  });

  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Rail workspace={workspace} onKeys={() => setKeysOpened(true)} />
      <div className="shell-body">
        <header className="top-bar">
          <nav aria-label="Breadcrumb" className="breadcrumb">
            <ol>
              <li>{workspace?.name ?? 'Turnout'}</li>
              {isUnderSources(path) && path !== '/sources' && (
                <li>
                  <Link to="/sources">Sources</Link>
                </li>
              )}
              <li aria-current="page">{placeName(path, workspace?.dashboards ?? [])}</li>
            </ol>
          </nav>
          {workspace && <FreshnessChip workspace={workspace} />}
          <SearchButton onOpen={() => setPaletteOpened(true)} />
          <ThemeSwitch />
        </header>
        {workspace?.sample && <SampleRibbon workspace={workspace} />}
        <Banners />
        <main id="content" tabIndex={-1}>
          {/* Nothing is drawn that the ribbon would push down a moment later. */}
          {!isPending && <Outlet />}
        </main>
      </div>
      {paletteOpened && Palette && (
        <Palette onClose={() => setPaletteOpened(false)} onKeys={() => setKeysOpened(true)} />
      )}
      {keysOpened && <KeyList onClose={() => setKeysOpened(false)} />}
      <LiveRegion />
      <Toasts />
    </div>
  );
}

type PaletteComponent = typeof import('../palette/palette.tsx').default;

/** Loaded after what the page itself needs. Not `lazy`: React shows what was suspended only after 300 ms. */
function usePalette(wanted: boolean): PaletteComponent | null {
  const [palette, setPalette] = useState<{ Component: PaletteComponent } | null>(null);
  useEffect(() => {
    if (!wanted || palette) return;
    import('../palette/palette.tsx').then(
      (module) => setPalette({ Component: module.default }),
      // It is asked for again when it is opened.
      () => undefined,
    );
  }, [wanted, palette]);
  return palette?.Component ?? null;
}

function placeName(path: string, dashboards: readonly { name: string; title: string }[]): string {
  const place = placeLabel(path);
  if (place !== null) return place;
  const name = /^\/d\/([^/]+)$/.exec(path)?.[1];
  return dashboards.find((dashboard) => dashboard.name === name)?.title ?? name ?? '';
}
