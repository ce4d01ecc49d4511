import type { Connector, PushConnector } from '../contract/connector.ts';
import type { PullConnector } from '../contract/pull.ts';
import { bigmarker } from './bigmarker.ts';
import { csv } from './csv.ts';
import { googleSheets } from './google-sheets.ts';
import { gotowebinar } from './gotowebinar.ts';
import { history } from './history.ts';
import { postgres } from './postgres.ts';
import { sendgrid } from './sendgrid.ts';
import { twilio } from './twilio.ts';
import { webhook } from './webhook.ts';
import { whatsapp } from './whatsapp.ts';
import { zoom } from './zoom.ts';

/** The connectors that ship with Turnout, by the word in `connector:` of a source file. */

const push: readonly PushConnector[] = [whatsapp, twilio, sendgrid, webhook, zoom];
const pull: readonly PullConnector[] = [postgres, googleSheets, bigmarker, gotowebinar, csv, history, zoom];

export const PUSH_CONNECTORS: ReadonlyMap<string, PushConnector> = new Map(push.map((one) => [one.name, one]));
export const PULL_CONNECTORS: ReadonlyMap<string, PullConnector> = new Map(pull.map((one) => [one.name, one]));
export const CONNECTORS: ReadonlyMap<string, Connector> = new Map<string, Connector>([
  ...PUSH_CONNECTORS,
  ...PULL_CONNECTORS,
]);
