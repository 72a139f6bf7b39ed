import { MESSAGES } from '../../platform/messages/table';
import { defineGroup } from '../runner/group';
import { lookUp } from '../view/standing';

const TABLE = 'user_service.booking_history';

/** Keeps each user's booking history: a booking appears at created, and then follows its status. */
export const userService = defineGroup({
  name: 'user-service-group',
  topics: { bookings: MESSAGES.bookings },
  batch: true,
  rebuild: { tables: [TABLE] },
  async handle({ topic, message }, transaction) {
    const { bookingId, sequence } = message;
    const { standing, seen } = await lookUp(transaction, { table: TABLE, topic, bookingId, sequence });
    if (standing !== 'newest') return 'ignored';
    await transaction.query(
      `INSERT INTO ${TABLE} AS t (booking_id, user_id, type, item_id, quantity, total_amount_paid, status, state, reason,
         booked_at, updated_at, seen, start_date, end_date)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13)
       ON CONFLICT (booking_id) DO UPDATE SET
         start_date = COALESCE(EXCLUDED.start_date, t.start_date),
         end_date = COALESCE(EXCLUDED.end_date, t.end_date), item_id = EXCLUDED.item_id,
         quantity = EXCLUDED.quantity, total_amount_paid = EXCLUDED.total_amount_paid, status = EXCLUDED.status,
         state = EXCLUDED.state, reason = EXCLUDED.reason, updated_at = EXCLUDED.updated_at, seen = EXCLUDED.seen`,
      [
        bookingId,
        message.userId,
        message.type,
        message.itemId,
        message.quantity,
        message.totalAmountPaid,
        message.eventType.replace('booking.', ''),
        message.state,
        message.reason ?? null,
        message.timestamp,
        seen,
        // The day it names; a time with a zone would be shifted by the session's.
        message.startDate?.slice(0, 10) ?? null,
        message.endDate?.slice(0, 10) ?? null,
      ],
    );
    return 'done';
  },
});
