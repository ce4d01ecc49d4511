import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from './layout/shell.tsx';
import { DashboardPage } from './pages/dashboard-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PageError } from './pages/page-error.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

/** The query string is one text to the router: contract/url.ts reads and writes it for dashboards, lists read their filters from it. */
const textSearch = (search: Record<string, unknown>): { text: string } => ({
  text: typeof search['text'] === 'string' ? search['text'] : '',
});

const editor = () => import('./pages/source-editor-page.tsx');

const routes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/', component: HomePage }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/d/$name',
    component: DashboardPage,
    validateSearch: textSearch,
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sources',
    component: lazyRouteComponent(() => import('./pages/sources-page.tsx'), 'SourcesPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sources/new',
    component: lazyRouteComponent(editor, 'NewSourcePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sources/$name',
    component: lazyRouteComponent(() => import('./pages/source-page.tsx'), 'SourcePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sources/$name/edit',
    component: lazyRouteComponent(editor, 'EditSourcePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/ledger',
    component: lazyRouteComponent(() => import('./pages/ledger-page.tsx'), 'LedgerPage'),
    validateSearch: textSearch,
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/quarantine',
    component: lazyRouteComponent(() => import('./pages/quarantine-page.tsx'), 'QuarantinePage'),
    validateSearch: textSearch,
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/identity',
    component: lazyRouteComponent(() => import('./pages/identity-page.tsx'), 'IdentityPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/source-groups',
    component: lazyRouteComponent(() => import('./pages/source-groups-page.tsx'), 'SourceGroupsPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/rollups',
    component: lazyRouteComponent(() => import('./pages/rollups-page.tsx'), 'RollupsPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/webinars/$id',
    component: lazyRouteComponent(() => import('./pages/webinar-page.tsx'), 'WebinarPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/import',
    component: lazyRouteComponent(() => import('./import/import-page.tsx'), 'ImportPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/import/$id',
    component: lazyRouteComponent(() => import('./import/import-flow-page.tsx'), 'ImportFlowPage'),
    validateSearch: textSearch,
  }),
] as const;

export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  parseSearch: (text) => ({ text }),
  stringifySearch: ({ text }) => (typeof text === 'string' ? text : ''),
  defaultErrorComponent: ({ error, reset }) => (
    <PageError error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
  ),
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
