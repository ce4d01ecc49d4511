import { type Logger, pino } from 'pino';

export type { Logger };

/** Structured lines on stderr; stdout belongs to the ready line. Bodies, query strings and contact data are never logged. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
