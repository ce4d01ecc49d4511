import type { Sent } from './sender.ts';

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
export const perSecond = (value: number): string => Math.round(value).toLocaleString('en');

export function title(text: string): void {
  console.log(`\n${text}`);
}

export function line(sent: Sent, eventsPerRequest: number): void {
  const errors = Object.entries(sent.errors).map(([what, count]) => `${count} × ${what}`);
  console.log(
    `  ${perSecond(sent.rate * eventsPerRequest).padStart(7)}/s offered, ${perSecond(sent.acceptedPerSecond * eventsPerRequest).padStart(7)}/s accepted, p50 ${ms(sent.p50)}, p99 ${ms(sent.p99)}, slowest ${ms(sent.slowest)}, ${errors.length === 0 ? 'no errors' : errors.join(', ')} (sender late by ${ms(sent.senderLag)})`,
  );
}
