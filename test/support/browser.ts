import { mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Real headless Chromium from npm; loopback only. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await unpackChromium(),
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

/** The package unpacks itself into the temporary folder; two users of one machine must not share that. */
const unpacked = join(process.env['TURNOUT_TEST_CACHE'] ?? tmpdir(), `turnout-chromium-${userInfo().uid}`);

async function unpackChromium(): Promise<string> {
  mkdirSync(unpacked, { recursive: true });
  process.env['TMPDIR'] = unpacked;
  return chromium.executablePath();
}
