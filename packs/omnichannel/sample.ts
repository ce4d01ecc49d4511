import type { SampleEntry } from '../sample/entry.ts';
import { Random } from '../sample/random.ts';
import { DAY_MS } from '../sample/time.ts';
import { Senders } from './generator/blasts.ts';
import { BLAST_HOURS, EARLY_HOURS } from './generator/calendar.ts';
import { postEmail, sendEmail } from './generator/email-traffic.ts';
import { postMishaps } from './generator/mishaps.ts';
import { Outbox } from './generator/outbox.ts';
import { makePeople } from './generator/people.ts';
import { Platform, postPlatform } from './generator/platform-traffic.ts';
import { PERIOD_END, PERIOD_START, PLAN_2023, PLAN_2024, PLAN_LAST_MORNING, START } from './generator/story.ts';
import { sendCalls, sendSms } from './generator/twilio-traffic.ts';
import { postWhatsApp, sendWhatsApp } from './generator/whatsapp-traffic.ts';

/**
 * The sample: what the four sources of the sample workspace received from 1 January 2023 to 16 November 2024, 8:00
 * (Asia/Jakarta), in order of receipt. The same bytes on every machine; the figures are in README.md.
 */
export function omnichannelSample(): Iterable<SampleEntry> {
  const outbox = new Outbox();
  const people = samplePeople();
  const senders = new Senders(people.accounts, new Random(11));
  const platform = new Platform(new Random(15), outbox);
  platform.reportPeople(people);
  platform.reportLogins(people.accounts);
  platform.reportPurchases(people);

  for (const [year, plan, span] of [
    [2023, PLAN_2023, { from: START, to: PERIOD_START, hours: BLAST_HOURS }],
    [2024, PLAN_2024, { from: PERIOD_START, to: PERIOD_END, hours: BLAST_HOURS }],
  ] as const) {
    const random = new Random(year);
    platform.reportBlasts('whatsapp', sendWhatsApp(random, senders, plan.whatsapp, span, String(year), outbox));
    platform.reportBlasts('email', sendEmail(random, senders, plan.email, span, String(year), outbox));
    sendSms(random, senders, plan.sms, span, String(year), outbox);
    sendCalls(random, senders, plan.ivr, span, String(year), outbox);
  }
  const random = new Random(16);
  const morning = { from: PERIOD_END, to: PERIOD_END + DAY_MS, hours: EARLY_HOURS };
  sendWhatsApp(random, senders, PLAN_LAST_MORNING.whatsapp, morning, '2024L', outbox);
  sendEmail(random, senders, PLAN_LAST_MORNING.email, morning, '2024L', outbox);
  postWhatsApp(outbox);
  postEmail(outbox);
  postPlatform(outbox);
  postMishaps(outbox);
  return outbox.entries.sort((a, b) => a.receivedAt - b.receivedAt);
}

/** The users of the platform, for stories in which they turn up elsewhere. */
export const sampleCustomers = (): { email: string; registeredAt: number }[] => samplePeople().accounts;

const samplePeople = () => makePeople(new Random(2024));
