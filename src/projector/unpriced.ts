import type { Warehouse } from '../warehouse/warehouse.ts';
import { countUnpriced } from './messages.ts';
import type { ProjectorOptions } from './project.ts';
import { compileRates } from './rates.ts';

/** How many messages the provider calls billable although neither it nor the rate card says what they cost: they count as 0. */
export async function loadUnpriced(
  warehouse: Warehouse,
  {
    channels,
    rates,
    workspace,
  }: Pick<ProjectorOptions, 'channels' | 'rates'> & {
    workspace: Pick<ProjectorOptions['workspace'], 'time_zone' | 'currency'>;
  },
): Promise<number> {
  const rules = { channels, rates: compileRates(rates, workspace.time_zone), currency: workspace.currency };
  const { rows } = await warehouse.query<{ unpriced: number }>(countUnpriced(rules), { timeoutMs: 60_000 });
  return rows[0]?.unpriced ?? 0;
}
