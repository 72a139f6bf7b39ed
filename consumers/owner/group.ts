import { MESSAGES } from '../../platform/messages/table';
import { defineGroup } from '../runner/group';

/** Keeps the owner's inbox of requests. One message opens a booking, so a row is written once and never changed. */
export const owner = defineGroup({
  name: 'owner-group',
  topics: { bookingRequests: MESSAGES.bookingRequests },
  batch: true,
  rebuild: { tables: ['owner_service.requests'] },
  async handle({ message }, transaction) {
    await transaction.query(
      `INSERT INTO owner_service.requests (booking_id, owner_id, traveler_id, property_id, property_name, check_in,
         check_out, guests, total_price, requested_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
      [
        message.bookingId,
        message.ownerId,
        message.travelerId,
        message.propertyId,
        message.propertyName,
        // The day it names; a time with a zone would be shifted by the session's.
        message.checkIn.slice(0, 10),
        message.checkOut.slice(0, 10),
        message.guests,
        message.totalPrice,
        message.timestamp,
      ],
    );
    return 'done';
  },
});
