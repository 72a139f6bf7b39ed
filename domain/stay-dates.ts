import type { Id } from './ids';

/** A calendar date of the item's own time zone, `YYYY-MM-DD`; never an instant, never shifted by a zone. */
export type CalendarDate = Id<'calendar-date'>;

/** The nights from `start` up to, not including, `end`. */
export interface Stay {
  readonly start: CalendarDate;
  readonly end: CalendarDate;
}

const DAY_MS = 86_400_000;
const WIRE_DATE = /^(\d{4}-\d{2}-\d{2})(?:T00:00:00(?:\.000)?Z)?$/;

/**
 * Reads a date of the wire: `YYYY-MM-DD` or the same as midnight UTC.
 * @returns undefined where it is not one of these, or no day of the calendar (30 February).
 */
export function parseCalendarDate(text: string): CalendarDate | undefined {
  const day = WIRE_DATE.exec(text)?.[1];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T00:00:00.000Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) return undefined;
  return day as CalendarDate;
}

/** Calendar dates as midnight UTC, the spelling of the topics. */
export function asMidnightUtc(date: CalendarDate): string {
  return `${date}T00:00:00.000Z`;
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return new Date(Date.parse(asMidnightUtc(date)) + days * DAY_MS).toISOString().slice(0, 10) as CalendarDate;
}

export function countNights(stay: Stay): number {
  return Math.round((Date.parse(asMidnightUtc(stay.end)) - Date.parse(asMidnightUtc(stay.start))) / DAY_MS);
}

/** Every night of the stay, by the date it begins on, in order. */
export function nightsOf(stay: Stay): CalendarDate[] {
  return Array.from({ length: countNights(stay) }, (_, night) => addDays(stay.start, night));
}
