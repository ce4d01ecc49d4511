import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/support/server.ts';
import { whatsappNotification } from '../test/support/whatsapp.ts';

const APP_SECRET = 'turnout-bench-app-secret';

export interface Keys {
  /** Base64 PKCS 8. */
  privateKey: string;
  /** Base64 SPKI, as SendGrid shows it. */
  publicKey: string;
}

export interface Message {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export function makeKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

/** A workspace with the sources `wa` (whatsapp) and `mail` (sendgrid), gone when the process ends. */
export function benchWorkspace(keys: Keys): string {
  const folder = temporaryFolder('bench-workspace');
  writeBenchWorkspace(folder, keys, ['time_zone: UTC', 'currency: USD']);
  return folder;
}

/** Writes such a workspace, with the keys beside it, so that a later run can sign; `settings` are lines of turnout.yaml. */
export function writeBenchWorkspace(folder: string, keys: Keys, settings: readonly string[]): void {
  mkdirSync(join(folder, 'sources'), { recursive: true });
  writeFileSync(join(folder, 'turnout.yaml'), `${['version: 1', 'name: Bench', ...settings].join('\n')}\n`);
  writeFileSync(
    join(folder, 'sources', 'bench.yaml'),
    `version: 1
sources:
  - name: wa
    connector: whatsapp
    settings: { app_secret: ${APP_SECRET}, verify_token: turnout-bench-verify-token }
    defaults: { account: acme }
  - name: mail
    connector: sendgrid
    settings: { public_key: "${keys.publicKey}" }
    defaults: { account: acme, category: marketing }
`,
  );
  writeFileSync(join(folder, KEYS_FILE), JSON.stringify(keys));
}

const KEYS_FILE = 'keys.json';

/** The keys of a workspace that `writeBenchWorkspace` wrote. */
export function readKeys(workspaceFolder: string): Keys {
  return JSON.parse(readFileSync(join(workspaceFolder, KEYS_FILE), 'utf8')) as Keys;
}

/** A signed WhatsApp notification; `first` numbers its messages, statuses walk through a message's life. */
export function whatsappMessage(prefix: string, first: number, count: number, campaign?: string): Message {
  const timestamp = Math.floor(Date.now() / 1000);
  const events = Array.from({ length: count }, (_, index) => {
    const number = first + index;
    return {
      id: `wamid.${prefix}.${Math.floor(number / 3)}`,
      status: (['sent', 'delivered', 'read'] as const)[number % 3] ?? 'sent',
      timestamp,
      recipient: `1202555${String(number % 90_000).padStart(5, '0')}`,
      campaign: campaign ?? `bench-${number % 20}`,
    };
  });
  return { path: '/hooks/wa', ...whatsappNotification(events, APP_SECRET) };
}

/** The same of messages that were sent then, each of its own, `times` in UTC milliseconds. */
export function lateMessage(prefix: string, first: number, times: readonly number[], campaign: string): Message {
  const events = times.map((at, index) => ({
    id: `wamid.${prefix}.${first + index}`,
    status: 'sent' as const,
    timestamp: Math.floor(at / 1000),
    recipient: `1202555${String((first + index) % 90_000).padStart(5, '0')}`,
    campaign,
  }));
  return { path: '/hooks/wa', ...whatsappNotification(events, APP_SECRET) };
}

const SENDGRID_EVENTS = ['processed', 'delivered', 'open', 'click'] as const;

/** A signed SendGrid batch. */
export function sendgridMessage(prefix: string, first: number, count: number, key: KeyObject): Message {
  const timestamp = Math.floor(Date.now() / 1000);
  const body = JSON.stringify(
    Array.from({ length: count }, (_, index) => {
      const number = first + index;
      return {
        email: `person-${number % 90_000}@example.com`,
        timestamp,
        event: SENDGRID_EVENTS[number % 4],
        sg_event_id: `${prefix}-${number}`,
        sg_message_id: `${prefix}-${Math.floor(number / 4)}.filter0`,
        campaign_key: `bench-${number % 20}`,
      };
    }),
  );
  const signature = sign('sha256', Buffer.from(`${timestamp}${body}`), { key, dsaEncoding: 'der' });
  return {
    path: '/hooks/mail',
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-signature': signature.toString('base64'),
      'x-twilio-email-event-webhook-timestamp': String(timestamp),
    },
    body,
  };
}

export function readPrivateKey(keys: Keys): KeyObject {
  return createPrivateKey({ key: Buffer.from(keys.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
}
