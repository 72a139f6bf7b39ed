import type { CalendarDate } from '../../domain/stay-dates';
import { Prisma } from '../../prisma/generated/client';

/*
 * The parts that more than one question is made of, as common table expressions. What they count is laid down in
 * docs/analytics.md.
 */

/** `chosen`: the items asked about, with the first day that there was anything of them to sell. */
export const CHOSEN = (items: Prisma.Sql) => Prisma.sql`
  chosen AS (
    SELECT i.id, i.owner_id, i.kind, i.name, i.currency, i.time_zone, i.capacity, i.departure_date,
      COALESCE((SELECT (e.at AT TIME ZONE i.time_zone)::date FROM booking.item_events e
                WHERE e.item_id = i.id AND e.version = 1 AND e.type = 'item.created'), '-infinity') AS since
    FROM booking.items i WHERE ${items}
  )`;

/**
 * `supply`: how many of each item there were to sell, night by night. Overbooking adds none, and a closed night has
 * none. A flight has its one departure.
 */
export const SUPPLY = (start: CalendarDate, end: CalendarDate) => Prisma.sql`
  supply AS (
    SELECT c.id AS item_id, d.night::date AS night,
      CASE WHEN a.closed THEN 0 ELSE COALESCE(a.capacity, c.capacity) END AS available
    FROM chosen c
    CROSS JOIN generate_series(${start}::date, ${end}::date - 1, interval '1 day') d (night)
    LEFT JOIN booking.availability_calendar a ON a.item_id = c.id AND a.night = d.night::date
    WHERE d.night >= c.since AND (c.kind <> 'flight' OR c.departure_date IS NULL OR c.departure_date = d.night::date)
  )`;

/**
 * `booked_nights`: each night of each booking that was ever confirmed, with its part of the price: even parts, and what
 * does not divide goes to the first nights, a minor unit each. `stands`: it was neither cancelled nor a no-show.
 */
export const BOOKED_NIGHTS = (start: CalendarDate, end: CalendarDate) => Prisma.sql`
  booked_nights AS (
    SELECT b.item_id, n.night::date AS night, COALESCE(b.quantity, 1) AS quantity, s.stands,
      (b.confirmed_at AT TIME ZONE c.time_zone)::date AS confirmed_on,
      (b.ended_at AT TIME ZONE c.time_zone)::date AS ended_on,
      b.amount / s.nights + CASE WHEN n.night::date - b.start_date < b.amount % s.nights THEN 1 ELSE 0 END AS revenue
    FROM analytics.bookings b JOIN chosen c ON c.id = b.item_id
    CROSS JOIN LATERAL (
      SELECT GREATEST(1, LEAST(b.end_date, b.left_on) - b.start_date) AS nights,
             b.state NOT IN ('CANCELLED', 'FAILED', 'NO_SHOW') AS stands
    ) s
    CROSS JOIN LATERAL generate_series(
      GREATEST(b.start_date, ${start}::date), LEAST(b.start_date + s.nights, ${end}::date) - 1, interval '1 day') n (night)
    WHERE b.confirmed_at IS NOT NULL AND b.end_date > ${start}::date AND b.start_date < ${end}::date
  )`;
