import type { Transaction } from '../../platform/database/transactions';
import { MESSAGES, type MessageOn } from '../../platform/messages/table';
import { defineGroup, type Event } from '../runner/group';
import { lookUp } from '../view/standing';

const BOOKINGS = 'admin_service.bookings';

type BookingEvent = Event<'bookings', MessageOn<'bookings'>>;

/** Keeps the event log, and what revenue and counts are summed up from. */
export const adminService = defineGroup({
  name: 'admin-service-group',
  topics: { bookings: MESSAGES.bookings },
  batch: true,
  rebuild: { tables: ['admin_service.events', 'admin_service.bookings'] },
  async handle(event, transaction) {
    if (!(await log(event, transaction))) return 'ignored';
    const { topic, message } = event;
    const { bookingId, sequence } = message;
    const { standing, seen } = await lookUp(transaction, { table: BOOKINGS, topic, bookingId, sequence });
    if (standing !== 'newest') return 'done';
    await transaction.query(
      `INSERT INTO ${BOOKINGS} (booking_id, type, item_id, status, amount, currency, booked_at, seen)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (booking_id) DO UPDATE SET status = EXCLUDED.status, amount = EXCLUDED.amount,
         currency = EXCLUDED.currency, seen = EXCLUDED.seen`,
      [
        bookingId,
        message.type,
        message.itemId,
        message.eventType.replace('booking.', ''),
        message.totalAmountPaid,
        message.currency ?? null,
        message.timestamp,
        seen,
      ],
    );
    return 'done';
  },
});

/** @returns false where the fact has been counted before, in whichever message it came */
async function log({ factId, message, time }: BookingEvent, { query }: Transaction): Promise<boolean> {
  const entered = await query(
    `INSERT INTO admin_service.events (fact_id, booking_id, event_type, state, sequence, reason, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING fact_id`,
    [
      factId,
      message.bookingId,
      message.eventType,
      message.state,
      message.sequence,
      message.reason ?? null,
      time,
    ],
  );
  return entered.length > 0;
}
