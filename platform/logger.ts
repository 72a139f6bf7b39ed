import pino from 'pino';

export type Logger = pino.Logger;

/** The process's logger: JSON lines on standard output, one object per event. */
export function createLogger(level: string, role: string): Logger {
  return pino({ level, base: { role }, timestamp: pino.stdTimeFunctions.isoTime });
}
