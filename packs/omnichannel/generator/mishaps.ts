import { HOUR_MS, localDay } from '../../sample/time.ts';
import type { Outbox } from './outbox.ts';

/** What goes wrong in real life, so that the page of quarantined receipts has something to show. None of it can be counted. */
export function postMishaps(outbox: Outbox): void {
  const on = (date: string, hour: number) => localDay(date) + hour * HOUR_MS;
  const line = (record: Record<string, unknown>) => JSON.stringify(record);
  const person = { external_id: 'acct-0003' };

  outbox.post(
    'sample-whatsapp',
    on('2024-03-12', 9.2),
    '{"object":"whatsapp_business_account","entry":[{"id":"812025550103","changes":[{"field":"mess',
  );
  outbox.post(
    'sample-whatsapp',
    on('2024-08-06', 10.1),
    '{"object":"whatsapp_business_account","entry":[{"id":"812025550103","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"912025550103"},"statuses":[{"id":"wamid.HBgLMTAwMDAwMDAwMDAVAgARGBI9999999999","status":"delivered"}]}}]}]}',
  );
  outbox.post(
    'sample-twilio',
    on('2024-05-21', 11.4),
    'AccountSid=AC00000000000000000000000000000001&MessageSid=SM00000000000000000000000099999999',
  );
  outbox.post('sample-twilio', on('2024-10-15', 14.3), '<Response/>');
  outbox.post(
    'sample-sendgrid',
    on('2024-09-10', 13.5),
    '[{"email":"contact00001@members.example.org","event":"open","timestamp":1725949800},\r\n7]\r\n',
  );
  outbox.post(
    'sample-platform',
    on('2024-10-22', 9.7),
    [
      line({ record: 'activity', key: 'mishap-1', person, at: '22.10.2024 09:40', feature: 'login' }),
      line({ record: 'activity', key: 'mishap-2', person, at: '2024-10-22T02:40:00Z', featrue: 'login' }),
      line({
        record: 'message_event',
        key: 'mishap-3',
        message_id: 'm-1',
        channel: 'sms',
        status: 'read_by_all',
        at: '2024-10-22T02:40:00Z',
      }),
      '{"record":"activity","key":"mishap-4","person":{"external_id":"acct-0003"},"at":"2024-10-22T02:4',
    ].join('\n'),
  );
  /** One key, two contents: the first one stands. */
  for (const minute of ['05', '35']) {
    outbox.post(
      'sample-platform',
      on('2024-09-24', 10.7),
      line({ record: 'activity', key: 'mishap-6', person, at: `2024-09-24T03:${minute}:00Z`, feature: 'login' }),
    );
  }
  /** From a machine whose clock is a year ahead. */
  outbox.post(
    'sample-platform',
    on('2024-11-05', 8.8),
    line({ record: 'activity', key: 'mishap-5', person, at: '2025-11-05T01:48:00Z', feature: 'login' }),
  );
}
