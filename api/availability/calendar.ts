import type { ItemId } from '../../domain/ids';
import { Problem } from '../../domain/problems';
import type { CalendarDate, Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';

/** One night of an item's calendar. */
export interface CalendarNight {
  readonly date: CalendarDate;
  /** How many can be sold, overbooking included. */
  readonly capacity: number;
  readonly blocked: number;
  /** How many are still to be sold; none where the night is closed. */
  readonly free: number;
  readonly closed: boolean;
}

/** The nights of a span, whether or not the calendar has rows for them; empty where there is no such item. */
export async function calendarOf(
  database: Database,
  itemId: ItemId,
  { start, end }: Stay,
): Promise<CalendarNight[]> {
  const rows = await database.$queryRaw<Omit<CalendarNight, 'free'>[]>`
    SELECT n::date::text AS date, COALESCE(c.capacity + c.overbooking, i.capacity + i.overbooking) AS capacity,
           COALESCE(c.blocked, 0) AS blocked, COALESCE(c.closed, false) AS closed
    FROM booking.items i
    CROSS JOIN generate_series(${start}::date, ${end}::date - 1, interval '1 day') n
    LEFT JOIN booking.availability_calendar c ON c.item_id = i.id AND c.night = n::date
    WHERE i.id = ${itemId} ORDER BY n`;
  return rows.map((row) => ({ ...row, free: row.closed ? 0 : row.capacity - row.blocked }));
}

/** A booking in whose way a closing is. */
interface Sale {
  readonly bookingId: string;
  readonly confirmationNumber: string | null;
  readonly nights: readonly CalendarDate[];
}

/**
 * Closes nights for sale, all or none, and records it where any was open. Requests that wait for a decision on them
 * are asked to look again.
 * @param actorId who closes them
 * @throws {Problem} `nights-sold` naming the bookings
 */
export async function closeNights(
  database: Database,
  itemId: ItemId,
  { start, end }: Stay,
  actorId: string,
): Promise<void> {
  const bookings = await database.$queryRaw<Sale[]>`
    SELECT s.booking_id AS "bookingId", b.confirmation_number AS "confirmationNumber",
           array_agg(s.night::text ORDER BY s.night) AS nights
    FROM booking.close_nights(${itemId}, ${start}::date, ${end}::date, ${actorId}) s
    LEFT JOIN booking.bookings b ON b.id = s.booking_id
    GROUP BY s.booking_id, b.confirmation_number ORDER BY min(s.night), s.booking_id`;
  if (bookings.length === 0) return;
  const which = bookings.map(({ bookingId, confirmationNumber }) => confirmationNumber ?? bookingId);
  throw new Problem(
    'nights-sold',
    `Some of these nights are sold to ${which.join(', ')}. Cancel those first, or close other nights.`,
    { bookings },
  );
}

/** Opens nights again, and records it where any was closed; those that were open stay so. */
export async function openNights(
  database: Database,
  itemId: ItemId,
  { start, end }: Stay,
  actorId: string,
): Promise<void> {
  await database.$queryRaw`SELECT booking.open_nights(${itemId}, ${start}::date, ${end}::date, ${actorId})`;
}
