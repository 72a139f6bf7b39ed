import type { Transaction } from '../../platform/database/transactions';
import type { BookedNights, OwnersNights } from './property-topics';

/** `[start, end)` of an item, calendar dates. */
export interface Span {
  readonly itemId: string;
  readonly start: string;
  readonly end: string;
}

export function spanOf({ itemId, stayDetails }: BookedNights | OwnersNights): Span {
  // The days they name; times with a zone would be shifted by the session's.
  return { itemId, start: stayDetails.checkIn.slice(0, 10), end: stayDetails.checkOut.slice(0, 10) };
}

/**
 * Keeps what a booking has taken of its item, night by night, in a table of `booking_id`, `item_id`, `night` and
 * `quantity`. All of it is told on one topic and in order, so that only what is stale is to be kept from here.
 */
export async function takeNights(
  { query }: Transaction,
  table: `${string}.${string}`,
  message: BookedNights,
): Promise<void> {
  const { itemId, start, end } = spanOf(message);
  if (message.change === 'blocked') {
    await query(
      `INSERT INTO ${table} (booking_id, item_id, night, quantity)
       SELECT $1, $2, n::date, $5 FROM generate_series($3::date, $4::date - 1, interval '1 day') n
       ON CONFLICT (booking_id, item_id, night) DO UPDATE SET quantity = EXCLUDED.quantity`,
      [message.bookingId, itemId, start, end, message.quantity],
    );
    return;
  }
  await query(
    `DELETE FROM ${table} WHERE booking_id = $1 AND item_id = $2 AND night >= $3::date AND night < $4::date`,
    [message.bookingId, itemId, start, end],
  );
}
