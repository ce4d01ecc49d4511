import type { Source } from '../connectors/sources.ts';
import { type Problem, TurnoutError } from '../contract/errors.ts';
import { parseSchedule } from './schedule.ts';

/**
 * Schedules that cannot be read.
 * @param places where each source is declared, from `parseSources`
 */
export function checkSchedules(
  sources: readonly Pick<Source, 'name' | 'pull' | 'declaration'>[],
  timeZone: string,
  places: ReadonlyMap<string, string>,
): Problem[] {
  return sources.flatMap(({ name, pull, declaration }) => {
    if (pull === undefined) return [];
    try {
      parseSchedule(declaration.schedule, timeZone);
      return [];
    } catch (error) {
      if (!(error instanceof TurnoutError)) throw error;
      return [{ code: 'invalid_schedule', path: `${places.get(name) ?? name}.schedule`, message: error.message }];
    }
  });
}
