import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isObject, parseJsonBody } from '../../src/connectors/json.ts';
import { counted, idText, instantFromUnixSeconds, poison, shortText } from '../../src/connectors/parsed-item.ts';
import type { PushConnector } from '../../src/contract/connector.ts';
import { secret } from '../../src/contract/source.ts';

const settings = z.strictObject({ signing_key: secret });
type DoorbellSettings = z.infer<typeof settings>;

const LATEST_MS = 5 * 60_000;

/** Visits that a door reports, one per delivery. */
export const doorbell: PushConnector<DoorbellSettings> = {
  name: 'doorbell',
  title: 'Door bell',
  settings,
  revisable: false,
  feeds: () => [{ record: 'activity' }],
  keepHeaders: [],

  verify({ method, headers, body }, { signing_key }, now) {
    if (method !== 'POST') return { ok: false, reason: 'The door sends by POST.' };
    const at = headers['x-door-time'] ?? '';
    if (Math.abs(now - Number(at) * 1000) > LATEST_MS) return { ok: false, reason: 'The delivery is too old.' };
    const given = Buffer.from(headers['x-door-signature'] ?? '', 'hex');
    const fits = [signing_key].flat().some((key) => {
      const right = createHmac('sha256', key).update(`${at}.`).update(body).digest();
      return right.length === given.length && timingSafeEqual(right, given);
    });
    return fits ? { ok: true } : { ok: false, reason: 'The signature is not of this source.' };
  },

  parse(entry) {
    const json = parseJsonBody(entry.body);
    if (!json.ok) return [poison(json.reason, entry.body)];
    if (!isObject(json.value)) return [poison('A visit is not an object.', entry.body)];
    const { id, badge, at, door } = json.value;
    const [key, person, time] = [idText(id), idText(badge), instantFromUnixSeconds(at)];
    if (key === undefined || person === undefined || time === undefined)
      return [poison('A visit needs an id, a badge and a time.', json.value)];
    return [
      counted({
        record: 'activity',
        key,
        person: { external_id: person },
        at: time,
        feature: shortText(door) ?? 'visit',
      }),
    ];
  },
};
