import type { BookingState } from '../../domain/booking-state';
import type { Transaction } from '../../platform/database/transactions';
import { lookUp, type Standing, type ViewTable } from './standing';

/** What every message about a property's booking says of it, on whichever topic. */
interface AboutBooking {
  readonly bookingId: string;
  readonly propertyId: string;
  readonly confirmationNumber: string | null;
  readonly state: BookingState;
  readonly sequence: number;
}

/**
 * Keeps the state of a booking in a view that reads several topics: the last one told by sequence, whichever topic told
 * it and in whichever order they came. The table has the columns `booking_id`, `property_id`, `confirmation_number`,
 * `state` and `seen`.
 * @returns how the message stands, and the state before it, where the view knew the booking
 */
export async function followBooking(
  transaction: Transaction,
  table: ViewTable['table'],
  topic: string,
  { bookingId, propertyId, confirmationNumber, state, sequence }: AboutBooking,
): Promise<{ readonly standing: Standing; readonly before: BookingState | undefined }> {
  const { standing, seen } = await lookUp(transaction, { table, topic, bookingId, sequence });
  if (standing === 'stale') return { standing, before: undefined };
  const [row] = await transaction.query<{ before: BookingState | null }>(
    `INSERT INTO ${table} AS b (booking_id, property_id, confirmation_number, state, seen)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (booking_id) DO UPDATE SET
       state = CASE WHEN $6 THEN EXCLUDED.state ELSE b.state END, seen = EXCLUDED.seen
     RETURNING old.state AS before`,
    [bookingId, propertyId, confirmationNumber, state, seen, standing === 'newest'],
  );
  return { standing, before: row?.before ?? undefined };
}

/** Of bookings that were confirmed and have not been called off. */
export const STANDING_STATES: readonly BookingState[] = ['CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT'];

/** Whether a booking in this state was confirmed and has not been called off. */
export function stands(state: BookingState | undefined): boolean {
  return state !== undefined && STANDING_STATES.includes(state);
}
