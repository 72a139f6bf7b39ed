import { fromDecimal } from '../../domain/money';
import type { Transaction } from '../../platform/database/transactions';
import { defineGroup } from '../runner/group';
import { followBooking } from '../view/follow-booking';
import {
  isOfPayment,
  isOfReservation,
  PROPERTY_TOPICS,
  propertyOf,
  readProperty,
} from '../view/property-topics';
import { enterMovement } from './movements';

const BOOKINGS = 'payment_processor.bookings';

/**
 * Keeps the payment ledger view: every move of money that was told, and what it was for. The ledger itself is the
 * saga's (docs/ledger.md); this one is made of messages alone, and so is what a listener outside could make of them.
 */
export const paymentProcessor = defineGroup({
  name: 'payment-processor-group',
  topics: PROPERTY_TOPICS,
  batch: true,
  rebuild: { tables: ['payment_processor.movements', BOOKINGS] },
  inTurn: propertyOf,
  async handle(event, transaction) {
    const told = readProperty(event);
    if (told.of === 'item') return 'ignored';
    const { topic, message } = told.event;
    const { standing } = await followBooking(transaction, BOOKINGS, topic, message);
    if (isOfPayment(told.event)) {
      // Whatever its standing: moves of money add up, and each is entered once.
      const entered = await enterMovement(transaction, told.event);
      if (topic === 'paymentInitiated') await agree(transaction, told.event.message, told.event.message);
      return entered ? 'done' : 'ignored';
    }
    if (standing === 'stale') return 'ignored';
    if (isOfReservation(told.event)) {
      const { totalPrice: amount, currency } = told.event.message.pricingDetails;
      await agree(transaction, told.event.message, { amount, currency });
    }
    return 'done';
  },
});

/** Takes down the price, unless a later message has told one: a late one may come from a topic of its own. */
async function agree(
  { query }: Transaction,
  { bookingId, sequence }: { readonly bookingId: string; readonly sequence: number },
  price: { readonly amount: number; readonly currency: string },
): Promise<void> {
  const { amount, currency } = fromDecimal(price.amount, price.currency);
  await query(
    `UPDATE ${BOOKINGS} SET price = $2, currency = $3, price_sequence = $4
     WHERE booking_id = $1 AND price_sequence <= $4`,
    [bookingId, amount, currency, sequence],
  );
}
