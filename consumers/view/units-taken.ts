import type { TravelType } from '../../domain/travel-type';
import { MESSAGES } from '../../platform/messages/table';
import { defineGroup, type Group } from '../runner/group';
import { lookUp, type ViewTable } from './standing';

/** One kind of what the travel system sells, and the table of who has taken what of it. */
export interface UnitsOfKind {
  readonly group: string;
  readonly kind: TravelType;
  readonly table: ViewTable['table'];
}

/**
 * Keeps what bookings have taken of one kind: seats of a departure, rooms or cars of a day. Taken when a booking is
 * created, given back when it is cancelled or has failed. A row is a booking with its units and days, and what is
 * taken of an item is their sum; so a message that comes twice, or late, counts nothing twice.
 */
export function unitsTakenGroup({ group, kind, table }: UnitsOfKind): Group {
  return defineGroup({
    name: group,
    topics: { bookings: MESSAGES.bookings },
    batch: true,
    rebuild: { tables: [table] },
    async handle({ topic, message }, transaction) {
      if (message.type !== kind) return 'ignored';
      const { bookingId, sequence, startDate, endDate } = message;
      const { standing, seen } = await lookUp(transaction, { table, topic, bookingId, sequence });
      if (standing !== 'newest') return 'ignored';
      await transaction.query(
        // Days that are once known stay known: the first releases did not tell them.
        `INSERT INTO ${table} AS t (booking_id, item_id, units, start_date, end_date, taken, status, changed_at, seen)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (booking_id) DO UPDATE SET
           item_id = EXCLUDED.item_id, units = EXCLUDED.units,
           start_date = COALESCE(EXCLUDED.start_date, t.start_date),
           end_date = COALESCE(EXCLUDED.end_date, t.end_date),
           taken = EXCLUDED.taken, status = EXCLUDED.status, changed_at = EXCLUDED.changed_at, seen = EXCLUDED.seen`,
        [
          bookingId,
          message.itemId,
          message.quantity,
          // The day it names; a time with a zone would be shifted by the session's.
          startDate?.slice(0, 10) ?? null,
          endDate?.slice(0, 10) ?? null,
          TAKES[message.eventType],
          message.eventType.replace('booking.', ''),
          message.timestamp,
          seen,
        ],
      );
      return 'done';
    },
  });
}

/** Whether a booking has its units after that event. */
const TAKES = {
  'booking.created': true,
  'booking.confirmed': true,
  'booking.cancelled': false,
  'booking.failed': false,
} as const;
