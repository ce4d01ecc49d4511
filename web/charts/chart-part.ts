import { part } from '../layout/part.tsx';

/** Loaded with the first chart: pages without one do without the chart library. */
export const Chart = part(() => import('./chart.tsx').then((module) => module.Chart));
