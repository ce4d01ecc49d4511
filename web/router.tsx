import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { Shell } from './layout/shell.tsx';
import { DashboardPage } from './pages/dashboard-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PageError } from './pages/page-error.tsx';
import { SourcesPage } from './pages/sources-page.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const routes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/', component: HomePage }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/d/$name',
    component: DashboardPage,
    validateSearch: (search: Record<string, unknown>): { text: string } => ({
      text: typeof search['text'] === 'string' ? search['text'] : '',
    }),
  }),
  createRoute({ getParentRoute: () => rootRoute, path: '/sources', component: SourcesPage }),
] as const;

/** The query string is one text to the router: contract/url.ts alone reads and writes it. */
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
