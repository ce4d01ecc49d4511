import {
  IconChartBar,
  IconChevronsLeft,
  IconChevronsRight,
  IconKeyboard,
  IconLayoutDashboard,
  IconPlugConnected,
} from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import type { WorkspaceInfo } from '../../src/contract/api.ts';
import { isUnderSources } from './places.ts';
import { setPreference, usePreference } from './preferences.ts';

/** The way around: 56 px of icons, 232 px with words, a bar at the bottom on phones. */
export function Rail({ workspace, onKeys }: { workspace: WorkspaceInfo | undefined; onKeys(): void }) {
  const wide = usePreference('rail') === 'wide';
  const underSources = useRouterState({ select: (state) => isUnderSources(state.location.pathname) });
  return (
    <nav className="rail" data-wide={wide || undefined} aria-label="Main">
      <Link to="/" className="rail-brand" aria-label="Turnout, first dashboard">
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
          <rect width="32" height="32" rx="8" className="rail-mark" />
          <path d="M7 9h18M16 9v15" className="rail-mark-line" />
          <path d="M9 24v-5M23 24v-9" className="rail-mark-line rail-mark-faint" />
        </svg>
        <span className="rail-word">Turnout</span>
      </Link>
      <ul>
        {(workspace?.dashboards ?? []).map((dashboard, index) => (
          <li key={dashboard.name}>
            <Link
              to="/d/$name"
              params={{ name: dashboard.name }}
              search={{ text: '' }}
              className="rail-link"
              activeOptions={{ includeSearch: false }}
              title={dashboard.title}
            >
              {index === 0 ? <IconLayoutDashboard aria-hidden size={20} /> : <IconChartBar aria-hidden size={20} />}
              <span className="rail-word">{dashboard.title}</span>
            </Link>
          </li>
        ))}
        {workspace && (
          <li>
            <Link
              to="/sources"
              className={underSources ? 'rail-link active' : 'rail-link'}
              activeProps={{ className: '' }}
              title="Sources"
            >
              <IconPlugConnected aria-hidden size={20} />
              <span className="rail-word">Sources</span>
            </Link>
          </li>
        )}
      </ul>
      <div className="rail-foot">
        <button type="button" className="rail-link" onClick={onKeys} title="Keys">
          <IconKeyboard aria-hidden size={20} />
          <span className="rail-word">Keys</span>
        </button>
        <button
          type="button"
          className="rail-link rail-toggle"
          aria-expanded={wide}
          title={wide ? 'Narrow the menu' : 'Widen the menu'}
          onClick={() => setPreference('rail', wide ? 'narrow' : 'wide')}
        >
          {wide ? <IconChevronsLeft aria-hidden size={20} /> : <IconChevronsRight aria-hidden size={20} />}
          <span className="rail-word">{wide ? 'Narrow the menu' : 'Widen the menu'}</span>
        </button>
      </div>
    </nav>
  );
}
