import {
  IconArrowsSplit2,
  IconCalendarEvent,
  IconChartBar,
  IconChevronsLeft,
  IconChevronsRight,
  IconFilter,
  IconKeyboard,
  IconLayoutDashboard,
  IconPlugConnected,
  IconTable,
} from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import type { WorkspaceInfo } from '../../src/contract/api.ts';
import type { DashboardIcon } from '../../src/contract/dashboard.ts';
import { isUnderSources } from './places.ts';
import { setPreference, usePreference } from './preferences.ts';

type MenuDashboard = WorkspaceInfo['dashboards'][number];

const ICONS: Record<DashboardIcon, typeof IconChartBar> = {
  overview: IconLayoutDashboard,
  chart: IconChartBar,
  calendar: IconCalendarEvent,
  table: IconTable,
  sources: IconArrowsSplit2,
  funnel: IconFilter,
};

/** Dashboards by section, both in the order of the menu. */
function sectionsOf(dashboards: readonly MenuDashboard[]): [string, MenuDashboard[]][] {
  return [...Map.groupBy(dashboards, ({ section }) => section ?? '')];
}

function DashboardLink({ dashboard: { name, title, section, icon } }: { dashboard: MenuDashboard }) {
  const Icon = ICONS[icon ?? 'chart'];
  return (
    <Link
      to="/d/$name"
      params={{ name }}
      search={{ text: '' }}
      className="rail-link"
      activeOptions={{ includeSearch: false }}
      title={section === undefined ? title : `${section}: ${title}`}
    >
      <Icon aria-hidden size={20} />
      <span className="rail-word">{title}</span>
    </Link>
  );
}

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
        {sectionsOf(workspace?.dashboards ?? []).flatMap(([section, dashboards], index) => [
          section && index > 0 ? (
            <li key={`section ${section}`} className="rail-section" aria-hidden="true">
              <span className="rail-word">{section}</span>
            </li>
          ) : null,
          ...dashboards.map((dashboard) => (
            <li key={dashboard.name}>
              <DashboardLink dashboard={dashboard} />
            </li>
          )),
        ])}
        {workspace && <li className="rail-section" aria-hidden="true" />}
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
