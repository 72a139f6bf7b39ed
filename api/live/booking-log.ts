import type { Database } from '../../platform/database/client';
import type { BookingRow } from '../bookings/view';
import { FACT_COLUMNS, type LoggedFact } from './event';
import { badLastEventId, type EventLog, PAGE } from './event-log';

/**
 * The log of one booking; ids are its sequences, whose order is the order of commits. Without an id it begins with the
 * first fact, so that the last one read tells where the booking stands.
 * @throws {Problem} `invalid-request` for an id that is none of this booking's
 */
export function bookingLog(
  database: Database,
  booking: Pick<BookingRow, 'id' | 'sequence'>,
  lastEventId: string | undefined,
): EventLog {
  let after = lastEventId === undefined ? 0 : sequenceIn(lastEventId, booking);
  return {
    async read() {
      const facts = await database.$queryRaw<LoggedFact[]>`
        SELECT ${FACT_COLUMNS}
        FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id
        WHERE e.booking_id = ${booking.id} AND e.sequence > ${after}
        ORDER BY e.sequence LIMIT ${PAGE}`;
      after = facts.at(-1)?.sequence ?? after;
      const entries = facts.map((fact) => ({ id: String(fact.sequence), fact }));
      return { entries, whole: facts.length < PAGE };
    },
  };
}

function sequenceIn(id: string, booking: Pick<BookingRow, 'id' | 'sequence'>): number {
  if (!/^\d{1,9}$/.test(id)) throw badLastEventId('must be the sequence of an event of this booking');
  // Waiting for the log to get there would leave out all that comes before.
  if (Number(id) > booking.sequence) throw badLastEventId(`is ahead of booking ${booking.id}`);
  return Number(id);
}
