import { condition } from '@temporalio/workflow';
import { basisPoints, least, type Money, subtract } from '../domain/money';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyWithoutEnd } from './steps';
import { giveBackTheRest } from './superseded';
import type { Visibility } from './visibility';

/** Pays the owner what was captured and not refunded, less the house's commission, and is done. */
export async function settle(booking: SagaRecord, visibility: Visibility): Promise<void> {
  await giveBackTheRest(booking);
  await payOut(booking, await keptInTheEnd(booking), 'settle with the owner');
  visibility.show('The stay is over and settled.');
}

/** Pays the owner of a booking that ended before its time the fee that was taken. */
export async function payOutFee(booking: SagaRecord): Promise<void> {
  const kept = await keptInTheEnd(booking);
  // What an operator left unrefunded is more than the fee, and not the owner's.
  const fee = least(kept, booking.ending?.fee ?? { ...kept, amount: 0 });
  await payOut(booking, fee, 'pay the fee out to the owner');
}

/** What is the owner's once every refund under way has come about; none begins after that. */
async function keptInTheEnd({ money }: SagaRecord): Promise<Money> {
  await condition(() => money.refunding.length === 0);
  money.isSettled = true;
  return money.kept;
}

async function payOut(booking: SagaRecord, kept: Money, summary: string): Promise<void> {
  if (kept.amount === 0) return;
  const { bookingId, ownerId } = booking.request;
  const { commissionBasisPoints } = booking.agreed.terms;
  const commission = basisPoints(kept, commissionBasisPoints ?? 0);
  const amount = subtract(kept, commission);
  const outcome = await moneyWithoutEnd(summary).settlePayment({
    key: `${bookingId}/settle`,
    bookingId,
    ownerId,
    amount,
  });
  if (outcome.outcome !== 'done') return;
  await commitFact(booking, 'payment.settled', {
    details: {
      ...{ amount, reference: outcome.reference, ownerId },
      ...(commissionBasisPoints !== undefined && { commission }),
    },
    attempts: outcome.attempts,
    patch: { paymentStatus: 'settled' },
  });
}
