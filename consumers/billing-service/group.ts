import { MESSAGES } from '../../platform/messages/table';
import { defineGroup } from '../runner/group';
import { lookUp } from '../view/standing';

const TABLE = 'billing_service.bills';

/**
 * Keeps each user's billing history: what was billed for a booking, its invoice's number, and what became of it. The
 * billing record itself is the saga's.
 */
export const billingService = defineGroup({
  name: 'billing-service-group',
  topics: { bookings: MESSAGES.bookings },
  batch: true,
  rebuild: { tables: [TABLE] },
  async handle({ topic, message }, transaction) {
    const { bookingId, sequence } = message;
    const { standing, seen } = await lookUp(transaction, { table: TABLE, topic, bookingId, sequence });
    if (standing !== 'newest') return 'ignored';
    const status = message.eventType.replace('booking.', '');
    await transaction.query(
      // Only booking.confirmed names the invoice, and it keeps its number whatever comes after.
      `INSERT INTO ${TABLE} AS b (booking_id, user_id, type, item_id, amount, currency, status, reason, invoice_number,
         billed_at, confirmed_at, ended_at, updated_at, seen)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $7 = 'confirmed' THEN $10::timestamptz END,
         CASE WHEN $7 IN ('cancelled', 'failed') THEN $10::timestamptz END, $10, $11)
       ON CONFLICT (booking_id) DO UPDATE SET
         amount = EXCLUDED.amount, currency = COALESCE(EXCLUDED.currency, b.currency), status = EXCLUDED.status,
         reason = EXCLUDED.reason, invoice_number = COALESCE(EXCLUDED.invoice_number, b.invoice_number),
         confirmed_at = COALESCE(b.confirmed_at, EXCLUDED.confirmed_at), ended_at = EXCLUDED.ended_at,
         updated_at = EXCLUDED.updated_at, seen = EXCLUDED.seen`,
      [
        bookingId,
        message.userId,
        message.type,
        message.itemId,
        message.totalAmountPaid,
        message.currency ?? null,
        status,
        message.reason ?? null,
        message.invoiceNumber ?? null,
        message.timestamp,
        seen,
      ],
    );
    return 'done';
  },
});
