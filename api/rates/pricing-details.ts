import { evenNights } from '../../domain/pricing';
import type { QuoteItems } from '../../domain/rates/quote';
import { shownItems } from '../../domain/rates/shown';
import type { Database } from '../../platform/database/client';
import { type BookingRow, dayOf } from '../bookings/view';

export type PricingDetails = ReturnType<typeof shownItems>;

/** What a booking's price is made of. A quote that is kept for a booking never changes. */
export async function pricingDetailsOf(database: Database, booking: BookingRow): Promise<PricingDetails> {
  const { quoteId, priceAmount: amount, currency, quantity } = booking;
  const kept =
    quoteId === null
      ? null
      : await database.quoteRow.findUnique({ where: { id: quoteId }, select: { items: true } });
  const stay = { start: dayOf(booking.startDate), end: dayOf(booking.endDate) };
  const items = kept
    ? (kept.items as unknown as QuoteItems)
    : evenNights({ amount, currency }, stay, quantity);
  return shownItems(items, currency);
}
