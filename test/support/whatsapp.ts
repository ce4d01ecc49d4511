import { createHmac } from 'node:crypto';

export interface StatusEvent {
  id: string;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  /** Unix seconds. */
  timestamp: number;
  campaign?: string;
  recipient?: string;
  category?: string;
}

/** A WhatsApp Cloud API notification with these statuses, as Meta sends it, and its signature header. */
export function whatsappNotification(
  events: StatusEvent[],
  appSecret: string,
): { body: string; headers: Record<string, string> } {
  const statuses = events.map((event) => ({
    id: event.id,
    status: event.status,
    timestamp: String(event.timestamp),
    recipient_id: event.recipient ?? '12025550123',
    ...(event.campaign === undefined ? {} : { biz_opaque_callback_data: event.campaign }),
    ...(event.status === 'failed'
      ? { errors: [{ code: 131026, title: 'Message undeliverable' }] }
      : {
          pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: event.category ?? 'marketing' },
        }),
  }));
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '12025550100', phone_number_id: '106540352242922' },
    statuses,
  };
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }],
  });
  const signature = createHmac('sha256', appSecret).update(body).digest('hex');
  return { body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` } };
}
