import { Navigate } from '@tanstack/react-router';
import { useWorkspace } from '../api/queries.ts';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

/** `/` is the first dashboard, or the sources while there is none. */
export function HomePage() {
  const workspace = useWorkspace();
  if (workspace.error) return <PageError error={workspace.error} onRetry={() => void workspace.refetch()} />;
  if (!workspace.data) return <PageSkeleton />;
  const first = workspace.data.dashboards[0];
  if (!first) return <Navigate to="/sources" replace />;
  return <Navigate to="/d/$name" params={{ name: first.name }} search={{ text: '' }} replace />;
}
