import { fromDecimal } from '../../domain/money';
import type { Transaction } from '../../platform/database/transactions';
import type { MessageOn } from '../../platform/messages/table';
import type { Event } from '../runner/group';

/**
 * Enters that a rate was applied, once.
 * @returns whether it was not there yet
 */
export async function enterApplied(
  { query }: Transaction,
  { message, factId }: Pick<Event<'rateApplied', MessageOn<'rateApplied'>>, 'message' | 'factId'>,
): Promise<boolean> {
  const { stayDetails, pricingDetails } = message;
  const { amount, currency } = fromDecimal(pricingDetails.totalPrice, pricingDetails.currency);
  const entered = await query(
    `INSERT INTO rate_management.applied (fact_id, booking_id, item_id, plan, nights, revenue, currency, sequence, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING fact_id`,
    [
      factId,
      message.bookingId,
      message.itemId,
      pricingDetails.ratePlan,
      stayDetails.nights * stayDetails.rooms,
      amount,
      currency,
      message.sequence,
      message.timestamp,
    ],
  );
  return entered.length > 0;
}
