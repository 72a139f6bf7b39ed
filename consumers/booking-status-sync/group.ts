import { MESSAGES } from '../../platform/messages/table';
import { defineGroup } from '../runner/group';
import { lookUp } from '../view/standing';

const TABLE = 'booking_status.bookings';

/** Keeps the traveler's view of status: the last word that booking-updates had for each booking. */
export const bookingStatusSync = defineGroup({
  name: 'booking-status-sync-group',
  topics: { bookingUpdates: MESSAGES.bookingUpdates },
  batch: true,
  rebuild: { tables: [TABLE] },
  async handle({ topic, message }, transaction) {
    const { bookingId, sequence } = message;
    const { standing, seen } = await lookUp(transaction, { table: TABLE, topic, bookingId, sequence });
    if (standing !== 'newest') return 'ignored';
    await transaction.query(
      `INSERT INTO ${TABLE} (booking_id, traveler_id, owner_id, status, state, reason, updated_by, updated_at, seen)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (booking_id) DO UPDATE SET
         status = EXCLUDED.status, state = EXCLUDED.state, reason = EXCLUDED.reason,
         updated_by = EXCLUDED.updated_by, updated_at = EXCLUDED.updated_at, seen = EXCLUDED.seen`,
      [
        bookingId,
        message.travelerId,
        message.ownerId,
        message.status,
        message.state,
        message.reason ?? null,
        message.updatedBy,
        message.timestamp,
        seen,
      ],
    );
    return 'done';
  },
});
