import { least, type Money } from '../domain/money';
import { keptOf, totalOf } from '../domain/payment-account';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyWithoutEnd } from './steps';
import type { Visibility } from './visibility';

/** Pays the owner what was captured and not refunded, and is done. */
export async function settle(booking: SagaRecord, visibility: Visibility): Promise<void> {
  await payOut(
    booking,
    totalOf(booking.money.account, booking.agreed.price, keptOf),
    'settle with the owner',
  );
  visibility.show('The stay is over and settled.');
}

/** Pays the owner of a booking that ended before its time the fee that was taken. */
export async function payOutFee(booking: SagaRecord): Promise<void> {
  const fee = booking.ending?.fee;
  if (!fee) return;
  // What an operator left unrefunded is more than the fee, and not the owner's.
  const kept = least(fee, totalOf(booking.money.account, fee, keptOf));
  await payOut(booking, kept, 'pay the fee out to the owner');
}

async function payOut(booking: SagaRecord, amount: Money, summary: string): Promise<void> {
  if (amount.amount === 0) return;
  const { bookingId, ownerId } = booking.request;
  const outcome = await moneyWithoutEnd(summary).settlePayment({
    key: `${bookingId}/settle`,
    bookingId,
    ownerId,
    amount,
  });
  if (outcome.outcome !== 'done') return;
  await commitFact(booking, 'payment.settled', {
    details: { amount, reference: outcome.reference, ownerId },
    attempts: outcome.attempts,
    patch: { paymentStatus: 'settled' },
  });
}
