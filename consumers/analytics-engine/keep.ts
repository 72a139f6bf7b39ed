import type { ReservationChange } from '../../domain/analytics/changes';
import { fromDecimal } from '../../domain/money';
import type { Transaction } from '../../platform/database/transactions';
import type { Event } from '../runner/group';
import type { Payment, Saying } from './saying';

/**
 * Takes over what a message says of its booking: each part only where nothing newer has told that part.
 * @param at when the fact happened
 */
export async function keepBooking({ query }: Transaction, saying: Saying, at: string): Promise<void> {
  const { bookingId, state, sequence, itemId, stay, price, change } = saying;
  const money = price && (await minorUnits({ query }, saying));
  await query(
    `INSERT INTO analytics.bookings AS kept (booking_id, state, state_told, item_id, item_told, confirmation_number,
       start_date, end_date, stay_told, quantity, amount, currency, price_told, opened_at, confirmed_at, ended_at, left_on)
     VALUES ($1, $2, $3, $4, CASE WHEN $4::text IS NULL THEN 0 ELSE $3::integer END, $5,
       $6, $7, CASE WHEN $6::date IS NULL THEN 0 ELSE $3::integer END,
       $8, $9, $10, CASE WHEN $9::bigint IS NULL THEN 0 ELSE $3::integer END, $11, $12, $13, $14)
     ON CONFLICT (booking_id) DO UPDATE SET
       state = CASE WHEN EXCLUDED.state_told >= kept.state_told THEN EXCLUDED.state ELSE kept.state END,
       state_told = GREATEST(EXCLUDED.state_told, kept.state_told),
       item_id = CASE WHEN EXCLUDED.item_told >= kept.item_told THEN EXCLUDED.item_id ELSE kept.item_id END,
       item_told = GREATEST(EXCLUDED.item_told, kept.item_told),
       start_date = CASE WHEN EXCLUDED.stay_told >= kept.stay_told THEN EXCLUDED.start_date ELSE kept.start_date END,
       end_date = CASE WHEN EXCLUDED.stay_told >= kept.stay_told THEN EXCLUDED.end_date ELSE kept.end_date END,
       stay_told = GREATEST(EXCLUDED.stay_told, kept.stay_told),
       quantity = CASE WHEN kept.quantity IS NULL OR EXCLUDED.price_told >= kept.price_told
         THEN COALESCE(EXCLUDED.quantity, kept.quantity) ELSE kept.quantity END,
       amount = CASE WHEN EXCLUDED.price_told >= kept.price_told THEN EXCLUDED.amount ELSE kept.amount END,
       currency = CASE WHEN EXCLUDED.price_told >= kept.price_told THEN EXCLUDED.currency ELSE kept.currency END,
       price_told = GREATEST(EXCLUDED.price_told, kept.price_told),
       confirmation_number = COALESCE(EXCLUDED.confirmation_number, kept.confirmation_number),
       opened_at = COALESCE(EXCLUDED.opened_at, kept.opened_at),
       confirmed_at = COALESCE(EXCLUDED.confirmed_at, kept.confirmed_at),
       ended_at = COALESCE(EXCLUDED.ended_at, kept.ended_at),
       left_on = COALESCE(EXCLUDED.left_on, kept.left_on),
       updated_at = now()`,
    [
      ...[bookingId, state, sequence, itemId ?? null, saying.confirmationNumber ?? null],
      ...[stay?.start ?? null, stay?.end ?? null],
      ...[price?.quantity ?? null, money?.amount ?? null, money?.currency ?? null],
      ...(['created', 'confirmed', 'cancelled'] as const).map((when) => (change === when ? at : null)),
      saying.leftOn ?? null,
    ],
  );
}

/** A request of the stays system, and what the first releases sent, name no currency: it is the item's. */
async function minorUnits({ query }: Transaction, { price, itemId }: Saying) {
  if (!price) return undefined;
  if (price.currency !== undefined) return fromDecimal(price.amount, price.currency);
  const [item] = await query<{ currency: string }>('SELECT currency FROM booking.items WHERE id = $1', [
    itemId,
  ]);
  return item && fromDecimal(price.amount, item.currency);
}

/** Counts a fact, once. */
export async function keepChange(
  { query }: Transaction,
  { bookingId, state, sequence }: Saying,
  change: ReservationChange,
  { factId, time }: Event,
): Promise<void> {
  await query(
    `INSERT INTO analytics.changes (fact_id, booking_id, change, state, sequence, at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [factId, bookingId, change, state, sequence, time],
  );
}

/** Counts money that was moved, or was to be, once. */
export async function keepPayment(
  { query }: Transaction,
  { bookingId }: Saying,
  payment: Payment,
  { factId, time }: Event,
): Promise<void> {
  const { amount, currency } = fromDecimal(payment.amount, payment.currency);
  await query(
    `INSERT INTO analytics.payments (fact_id, kind, booking_id, amount, currency, at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [factId, payment.kind, bookingId, amount, currency, time],
  );
}
