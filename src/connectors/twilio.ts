import { z } from 'zod';
import type { PushConnector } from '../contract/connector.ts';
import { secret } from '../contract/source.ts';
import { idText, poison } from './parsed-item.ts';
import { twilioGuide } from './twilio-guide.ts';
import { parseMessaging } from './twilio-messaging.ts';
import { parseParams } from './twilio-params.ts';
import { checkTwilioSignature } from './twilio-signature.ts';
import { parseVoice } from './twilio-voice.ts';

const settings = z.strictObject({
  auth_token: secret,
  /** What Twilio calls, up to the query: the origin, or the whole URL where a proxy changes the path. */
  public_url: z.url({ protocol: /^https?$/ }),
});
type TwilioSettings = z.infer<typeof settings>;

/** Twilio: callbacks of messages (SMS, MMS, WhatsApp, RCS) and of calls (IVR) in one source. */
export const twilio: PushConnector<TwilioSettings> = {
  name: 'twilio',
  title: 'Twilio messaging and voice',
  guide: twilioGuide,
  settings,
  feeds: () => [{ record: 'message_event' }],
  revisable: false,
  keepHeaders: ['i-twilio-idempotency-token'],

  verify(request, { auth_token, public_url }) {
    return checkTwilioSignature(request, public_url, auth_token);
  },

  parse(entry, context) {
    const params = parseParams(entry);
    if (params === undefined) return [poison('This is neither a form nor a JSON object.', entry.body)];
    const call = idText(params['CallSid'], 100);
    if (call !== undefined) return parseVoice(call, params, entry, context);
    const message = idText(params['MessageSid'] ?? params['SmsSid'] ?? params['SmsMessageSid'], 100);
    if (message !== undefined) return parseMessaging(message, params, entry, context);
    return [poison('This is neither a message nor a call callback: MessageSid and CallSid are missing.', entry.body)];
  },
};
