import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './server.ts';

export const APP_SECRET = 'turnout-test-app-secret';
export const WEBHOOK_TOKEN = 'turnout-test-webhook-token';

/** A workspace folder with a WhatsApp source `wa` and a generic source `platform`, in UTC unless said otherwise. */
export function testWorkspace(settings: { clock?: string; timeZone?: string; currency?: string } = {}): string {
  const folder = temporaryFolder('workspace');
  mkdirSync(join(folder, 'sources'));
  writeFileSync(
    join(folder, 'turnout.yaml'),
    [
      'version: 1',
      'name: Test',
      `time_zone: ${settings.timeZone ?? 'UTC'}`,
      `currency: ${settings.currency ?? 'USD'}`,
      ...(settings.clock ? [`clock: "${settings.clock}"`] : []),
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'sources', 'test.yaml'),
    `version: 1
sources:
  - name: wa
    connector: whatsapp
    settings: { app_secret: ${APP_SECRET}, verify_token: turnout-test-verify-token }
    defaults: { account: acme }
  - name: platform
    connector: webhook
    settings: { token: ${WEBHOOK_TOKEN} }
`,
  );
  return folder;
}
