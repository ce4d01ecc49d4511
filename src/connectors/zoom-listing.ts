import type { PullEffects } from '../contract/pull.ts';
import { idText, shortText } from './parsed-item.ts';
import { type ZoomApi, type ZoomObject, ZoomRefusal } from './zoom-api.ts';
import type { ZoomSettings } from './zoom-settings.ts';
import { instantMs, isRecurring } from './zoom-webinar.ts';

/** A webinar as the lists name it. Zoom has no list of an account: only one per host. */
export interface ListedWebinar {
  id: string;
  /** Display name of the host; absent where only the settings name them. */
  host?: string;
  /** It is no series. */
  single?: boolean;
  /** UTC milliseconds. */
  startsAt?: number;
  minutes?: number;
}

/** Every webinar that Zoom still lists, each once. A host without a webinar licence has none. */
export async function listWebinars(
  api: ZoomApi,
  settings: ZoomSettings,
  effects: PullEffects,
): Promise<ListedWebinar[]> {
  const found = new Map<string, ListedWebinar>();
  for (const { id, name } of await listHosts(api, settings)) {
    try {
      const path = `/users/${encodeURIComponent(id)}/webinars`;
      for await (const { rows } of api.list(path, 'webinars', { type: 'scheduled' }))
        for (const row of rows) {
          const listed = listedOf(row, name);
          if (listed !== undefined) found.set(listed.id, listed);
        }
    } catch (error) {
      if (!(error instanceof ZoomRefusal) || error.concernsAll) throw error;
      effects.log(`${name ?? id} has no webinars: ${error.message}`);
    }
  }
  return [...found.values()];
}

async function listHosts(api: ZoomApi, { users }: ZoomSettings): Promise<{ id: string; name?: string }[]> {
  if (users !== undefined) return users.map((id) => ({ id }));
  const hosts: { id: string; name?: string }[] = [];
  for await (const { rows } of api.list('/users', 'users', { status: 'active' }))
    for (const row of rows) {
      const id = idText(row['id'], 200);
      const name =
        shortText(row['display_name']) ?? shortText([row['first_name'], row['last_name']].filter(Boolean).join(' '));
      if (id !== undefined) hosts.push({ id, ...(name === undefined ? {} : { name }) });
    }
  return hosts;
}

function listedOf(row: ZoomObject, host: string | undefined): ListedWebinar | undefined {
  const id = idText(row['id'], 100);
  if (id === undefined) return undefined;
  const startsAt = instantMs(row['start_time']);
  return {
    id,
    ...(host === undefined ? {} : { host }),
    single: !isRecurring(row),
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(typeof row['duration'] === 'number' ? { minutes: row['duration'] } : {}),
  };
}
