import type { Actor } from '../domain/booking';
import { cancelFee } from '../domain/cancel-fee';
import { noShowFee, refundAfter } from '../domain/cancellation';
import type { Money } from '../domain/money';
import { countNights } from '../domain/stay-dates';
import type { Ending, SagaRecord } from './saga-record';
import { commitFact, moneyBack, moneyWithoutEnd } from './steps';
import type { UndoAttempt } from './undo-stack';

/** What a cancel costs now, by whom it comes; undefined where nothing. Decided when it is claimed, and then fixed. */
export function feeOfCancel({ request, snapshot }: SagaRecord, by: Actor): Money | undefined {
  const { terms, price } = request;
  return unlessNothing(cancelFee({ state: snapshot.state, by, price, terms, at: Date.now() }));
}

/** The guest never came: what their terms say is kept. */
export function noShow({ request }: SagaRecord): Ending {
  const { terms, price, stay } = request;
  const fee = terms.cancellation
    ? unlessNothing(noShowFee(terms.cancellation, price, countNights(stay)))
    : undefined;
  return {
    fact: 'booking.no-show',
    actor: 'SYSTEM',
    reason: { code: 'no-show', text: 'the guest did not come' },
    ...(fee && { fee }),
  };
}

/**
 * Takes the fee from the hold instead of voiding it; the provider releases the rest. A provider that refuses for
 * good leaves a mark in the log, and there is nothing left to release or to pay out.
 *
 * @returns whether the fee was captured
 */
export async function keepFee(
  booking: SagaRecord,
  authorizationId: string,
  fee: Money,
  attempt: UndoAttempt,
): Promise<boolean> {
  const { bookingId, price } = booking.request;
  const outcome = await moneyBack(attempt.patience, 'capture the fee').capturePayment({
    key: `${bookingId}/fee`,
    authorizationId,
    amount: fee,
  });
  const { attempts } = outcome;
  if (outcome.outcome === 'done') {
    await commitFact(booking, 'payment.captured', {
      details: { amount: fee, reference: outcome.reference },
      attempts,
      patch: { paymentStatus: 'captured' },
    });
  } else {
    await commitFact(booking, 'payment.capture-failed', {
      details: { amount: fee, code: outcome.code },
      attempts,
      patch: { paymentStatus: 'failed' },
    });
  }
  const done = outcome.outcome === 'done';
  await commitFact(booking, 'undo.completed', {
    details: {
      step: 'void-authorization',
      amount: done ? refundAfter(price, fee) : price,
      outcome: done ? 'rest-released' : 'nothing-held',
    },
    attempts,
    undo: attempt.undoAfterwards,
  });
  return done;
}

/** Pays the owner the fee that was captured. */
export async function payOutFee(booking: SagaRecord): Promise<void> {
  const fee = booking.ending?.fee;
  if (!fee || !booking.hold?.captured) return;
  const { bookingId, ownerId } = booking.request;
  const outcome = await moneyWithoutEnd('pay the fee out to the owner').settlePayment({
    key: `${bookingId}/settle`,
    bookingId,
    ownerId,
    amount: fee,
  });
  if (outcome.outcome !== 'done') return;
  await commitFact(booking, 'payment.settled', {
    details: { amount: fee, reference: outcome.reference, ownerId },
    attempts: outcome.attempts,
    patch: { paymentStatus: 'settled' },
  });
}

function unlessNothing(fee: Money): Money | undefined {
  return fee.amount > 0 ? fee : undefined;
}
