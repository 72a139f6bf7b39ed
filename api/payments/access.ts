import type { Database } from '../../platform/database/client';
import type { Caller } from '../auth/caller';
import { visibleBooking } from '../bookings/access';
import type { BookingRow } from '../bookings/view';

/**
 * Finds the booking whose money is meant, by its id, its confirmation number or the provider's id of one of its
 * authorizations.
 * @throws {Problem} `not-found` for whoever may not see the booking
 */
export async function visiblePayment(database: Database, id: string, caller: Caller): Promise<BookingRow> {
  const authorization = await database.authorization.findUnique({ where: { authorizationId: id } });
  return await visibleBooking(database, authorization?.bookingId ?? id, caller);
}
