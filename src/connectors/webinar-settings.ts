import { z } from 'zod';

/** Settings that the connectors of webinar services share. */
export const webinarSettings = {
  /** Webinars that began in these days are read again by every run: attendance and views come late. */
  look_back_days: z.number().int().min(1).max(365).default(30),
  /** Upcoming webinars up to so far ahead. */
  ahead_days: z.number().int().min(1).max(365).default(90),
  /** The first read goes back to this day; one year where absent. */
  since: z.iso.date().optional(),
};

export const baseUrl = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

/** Host and port of an address, for the egress guard. */
export function targetOf(address: string): { host: string; port: number }[] {
  const url = URL.parse(address);
  if (url === null) return [];
  return [{ host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) }];
}
