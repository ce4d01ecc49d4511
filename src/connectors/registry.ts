import type { PushConnector } from '../contract/connector.ts';
import { sendgrid } from './sendgrid.ts';
import { twilio } from './twilio.ts';
import { webhook } from './webhook.ts';
import { whatsapp } from './whatsapp.ts';

/** Every connector that is pushed to, by the word in `connector:` of a source file. */
export const PUSH_CONNECTORS: ReadonlyMap<string, PushConnector> = new Map(
  [whatsapp, twilio, sendgrid, webhook].map((connector): [string, PushConnector] => [connector.name, connector]),
);
