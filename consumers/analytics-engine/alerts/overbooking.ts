import { ALERT_THRESHOLDS } from '../../../domain/analytics/alerts';
import type { ItemId } from '../../../domain/ids';
import type { Look } from './condition';

interface Oversold {
  readonly item_id: ItemId;
  readonly owner_id: string;
  readonly nights: number;
  readonly first: string;
  readonly sold: number;
  readonly capacity: number;
}

/** Items of which more is sold than there is, on a night to come: also where their owner allows it, for guests will come. */
export const overbooking: Look = async ({ query }, now) => {
  const rows = await query<Oversold>(
    `WITH sold AS (
       SELECT b.item_id, n::date AS night, sum(COALESCE(b.quantity, 1))::integer AS sold
       FROM analytics.bookings b
       CROSS JOIN LATERAL generate_series(GREATEST(b.start_date, $1::date),
         LEAST(b.end_date, $1::date + $2::integer) - 1, interval '1 day') n
       WHERE b.confirmed_at IS NOT NULL AND b.state IN ('CONFIRMED', 'CHECKED_IN') AND b.end_date > $1::date
       GROUP BY 1, 2
     ), over AS (
       SELECT s.item_id, i.owner_id, s.night, s.sold, COALESCE(a.capacity, i.capacity) AS capacity
       FROM sold s JOIN booking.items i ON i.id = s.item_id
       LEFT JOIN booking.availability_calendar a ON a.item_id = s.item_id AND a.night = s.night
       WHERE s.sold > COALESCE(a.capacity, i.capacity)
     )
     SELECT DISTINCT ON (item_id) item_id, owner_id, night::text AS first, sold, capacity,
       count(*) OVER (PARTITION BY item_id)::integer AS nights
     FROM over ORDER BY item_id, night`,
    [now.toISOString().slice(0, 10), ALERT_THRESHOLDS.overbooking.daysAhead],
  );
  return rows.map(({ item_id: itemId, owner_id: ownerId, nights, first, sold, capacity }) => ({
    ...{ subject: itemId, itemId, ownerId },
    text: `${itemId} is sold beyond its capacity on ${nights} ${nights === 1 ? 'night' : 'nights'}, first on ${first}: ${sold} of ${capacity}.`,
    observed: { nights, first, sold, capacity },
  }));
};
