import type { ItemKind } from '../../domain/item';
import type { CalendarDate } from '../../domain/stay-dates';
import type { Transaction } from '../../platform/database/transactions';

/** What the messages do not carry of a booking. Instants are ISO 8601 UTC, dates text that no zone can shift. */
export interface BookingRow {
  readonly reference: string;
  readonly item: string;
  readonly item_kind: ItemKind;
  readonly start: CalendarDate;
  readonly end: CalendarDate;
  readonly guests: number;
  /** Minor units. */
  readonly price: number;
  readonly currency: string;
  readonly time_zone: string;
  readonly instant: boolean;
  readonly decide_by: string;
  readonly pay_by: string | null;
  /** Whether the fact is older than the group itself. */
  readonly before_begun: boolean;
}

/**
 * Reads a booking as it is now.
 * @param at when the fact happened, ISO 8601 UTC
 */
export async function bookingRow(
  { query }: Transaction,
  bookingId: string,
  at: string,
): Promise<BookingRow | undefined> {
  const [row] = await query<BookingRow>(
    `SELECT COALESCE(b.confirmation_number, b.id) AS reference, b.item_name AS item, b.item_kind,
            b.start_date::text AS start, b.end_date::text AS "end", b.guests,
            b.price_amount AS price, b.currency, i.time_zone,
            (b.terms->>'instant')::boolean AS instant,
            to_char(b.decision_by AT TIME ZONE 'UTC', $3) AS decide_by,
            to_char(b.payment_by AT TIME ZONE 'UTC', $3) AS pay_by,
            $2::timestamptz < (SELECT at FROM email_notification.begun) AS before_begun
     FROM booking.bookings b JOIN booking.items i ON i.id = b.item_id WHERE b.id = $1`,
    [bookingId, at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'],
  );
  return row;
}
