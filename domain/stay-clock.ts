import { DateTime, IANAZone } from 'luxon';
import type { CalendarDate } from './stay-dates';

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/**
 * The instant at which an item's local wall clock shows `time` (`HH:mm`) on `date`.
 * Where the clock skips that time (DST), the instant an hour on; where it shows it twice, the earlier.
 *
 * Not for workflows: time-zone data differs between machines, so the instant is computed once and carried along.
 */
export function instantAt(date: CalendarDate, time: string, timeZone: string): Date {
  const possible = DateTime.fromISO(`${date}T${time}`, { zone: timeZone }).getPossibleOffsets();
  return new Date(Math.min(...possible.map((instant) => instant.toMillis())));
}

/** The date that the item's local calendar shows at `instant`. */
export function localDate(instant: Date, timeZone: string): CalendarDate {
  return DateTime.fromJSDate(instant, { zone: timeZone }).toISODate() as CalendarDate;
}
