import type { BookingState } from '../../domain/booking-state';
import { statusWord } from '../../domain/system-status';
import type { TestDatabase } from './database';
import { until } from './until';

/**
 * Waits until what consumer groups keep equals the fold of the event log: the traveler's view of status, and the
 * administrators' event log, counts and revenue. Of this database's bookings: the topic `bookings` is shared with
 * whatever else runs against the broker.
 * @throws {Error} showing both, where they do not come to be equal
 */
export async function untilViewsAreFolds({ query }: Pick<TestDatabase, 'query'>): Promise<void> {
  const pairs = async () => {
    const states = await query<{ state: BookingState }>(STATUS_FOLD);
    return {
      status: [
        states.map((row) => ({ ...row, status: statusWord('stays', row.state) })),
        await query(STATUS_VIEW),
      ],
      events: [await query(EVENTS_FOLD), await query(EVENTS_VIEW)],
      counts: [await query(BOOKINGS_FOLD), await query(BOOKINGS_VIEW)],
    };
  };
  await until(pairs, (seen) =>
    Object.values(seen).every(
      ([fold, view]) => (fold?.length ?? 0) > 0 && JSON.stringify(fold) === JSON.stringify(view),
    ),
  );
}

/** The last fact of each booking that changed its state, once there was one after opening. */
const STATUS_FOLD = `
  SELECT DISTINCT ON (e.booking_id) e.booking_id, e.state, e.reason
  FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id
  WHERE b.system = 'stays' AND e.from_state <> e.state AND e.from_state <> 'NONE'
  ORDER BY e.booking_id, e.sequence DESC`;
const STATUS_VIEW =
  'SELECT booking_id, state, reason, status FROM booking_status.bookings ORDER BY booking_id';

/** Facts that are told on `bookings`, in its words. */
const TOLD = `
  SELECT e.*, CASE
    WHEN e.state IN ('PENDING', 'CONFIRMED') THEN CASE e.state WHEN 'PENDING' THEN 'created' ELSE 'confirmed' END
    WHEN e.state IN ('CANCELLED', 'NO_SHOW') THEN 'cancelled' ELSE 'failed' END AS word
  FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id
  WHERE b.system = 'travel' AND e.from_state <> e.state
    AND e.state IN ('PENDING', 'CONFIRMED', 'CANCELLED', 'NO_SHOW', 'REJECTED', 'EXPIRED', 'FAILED')`;
const EVENTS_FOLD = `
  SELECT fact_id, booking_id, 'booking.' || word AS event_type, sequence FROM (${TOLD}) told ORDER BY fact_id`;
const EVENTS_VIEW = `
  SELECT fact_id, booking_id, event_type, sequence FROM admin_service.events
  WHERE booking_id IN (SELECT id FROM booking.bookings) ORDER BY fact_id`;

const BOOKINGS_FOLD = `
  SELECT b.item_kind AS type, last.word AS status, count(*)::integer AS bookings, sum(b.price_amount)::text AS minor
  FROM (SELECT DISTINCT ON (booking_id) * FROM (${TOLD}) told ORDER BY booking_id, sequence DESC) last
  JOIN booking.bookings b ON b.id = last.booking_id GROUP BY 1, 2 ORDER BY 1, 2`;
const BOOKINGS_VIEW = `
  SELECT type, status, count(*)::integer AS bookings, sum(amount * 100)::bigint::text AS minor FROM admin_service.bookings
  WHERE booking_id IN (SELECT id FROM booking.bookings) GROUP BY 1, 2 ORDER BY 1, 2`;
