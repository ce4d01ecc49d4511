import { useEffect, useState } from 'react';
import { useWorkspace } from './queries.ts';

const TICK_MS = 5_000;

/** The workspace's clock, an instant; it goes on between two answers of the server, but for the sample's, which stands still. */
export function useNow(): string {
  const { data, dataUpdatedAt } = useWorkspace();
  const [, setTicks] = useState(0);
  const stands = data?.sample ?? true;
  useEffect(() => {
    if (stands) return;
    const timer = window.setInterval(() => setTicks((ticks) => ticks + 1), TICK_MS);
    return () => window.clearInterval(timer);
  }, [stands]);
  if (!data || stands) return data?.now ?? new Date(0).toISOString();
  return new Date(Date.parse(data.now) + Math.max(0, Date.now() - dataUpdatedAt)).toISOString();
}
