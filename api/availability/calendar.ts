import type { ItemId } from '../../domain/ids';
import { Problem } from '../../domain/problems';
import type { CalendarDate, Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import { Prisma } from '../../prisma/generated/client';

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

/** One item's calendar. */
export interface ItemCalendar {
  readonly itemId: ItemId;
  readonly nights: readonly CalendarNight[];
}

/**
 * The nights of a span, whether or not the calendar has rows for them: of one item, or of all the room types of a
 * hotel, by their ids. Empty where there is no such item.
 */
export async function calendarsOf(
  database: Database,
  wanted: { readonly itemId: ItemId } | { readonly hotel: string },
  { start, end }: Stay,
): Promise<ItemCalendar[]> {
  const which =
    'itemId' in wanted
      ? Prisma.sql`i.id = ${wanted.itemId}`
      : Prisma.sql`i.system = 'hotel' AND split_part(i.id, ':', 1) = ${wanted.hotel}`;
  // A document for each item rather than a row for each night, which the client would read one by one.
  return await database.$queryRaw<ItemCalendar[]>`
    SELECT i.id AS "itemId", json_agg(json_build_object(
      'date', n.night, 'capacity', v.capacity, 'blocked', v.blocked,
      'free', CASE WHEN v.closed THEN 0 ELSE v.capacity - v.blocked END, 'closed', v.closed) ORDER BY n.night) AS nights
    FROM booking.items i
    CROSS JOIN LATERAL (
      SELECT day::date AS night FROM generate_series(${start}::date, ${end}::date - 1, interval '1 day') day
    ) n
    LEFT JOIN booking.availability_calendar c ON c.item_id = i.id AND c.night = n.night
    CROSS JOIN LATERAL (
      SELECT COALESCE(c.capacity + c.overbooking, i.capacity + i.overbooking) AS capacity,
             COALESCE(c.blocked, 0) AS blocked, COALESCE(c.closed, false) AS closed
    ) v
    WHERE ${which} GROUP BY i.id ORDER BY i.id`;
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
