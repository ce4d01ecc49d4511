import { shortText } from './parsed-item.ts';

const LABELS: ReadonlyMap<string, string> = new Map([
  ['21610', 'Recipient opted out'],
  ['21614', 'Number cannot receive SMS'],
  ['30001', 'Queue overflow'],
  ['30002', 'Account suspended'],
  ['30003', 'Handset unreachable'],
  ['30004', 'Message blocked'],
  ['30005', 'Unknown handset'],
  ['30006', 'Landline or unreachable carrier'],
  ['30007', 'Filtered by carrier'],
  ['30008', 'Unknown error at carrier'],
  ['30032', 'Toll-free number not verified'],
  ['30034', 'Sender not registered (US 10DLC)'],
  ['63016', 'WhatsApp: outside of the 24 hour window, template needed'],
  ['63018', 'WhatsApp: rate limit'],
  ['63024', 'WhatsApp: invalid recipient'],
  ['63049', 'WhatsApp: held back by Meta'],
]);

/** `30005 Unknown handset`; an unknown code keeps Twilio's own message where one was sent. */
export function twilioFailure(code: string | undefined, message: string | undefined, status: string): string {
  const number = shortText(code, 20);
  const words = shortText(message, 120);
  if (number === undefined) return words ?? (status === 'undelivered' ? 'Undelivered' : 'Failed');
  return `${number} ${LABELS.get(number) ?? words ?? 'Unknown error'}`;
}
