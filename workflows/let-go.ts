import type { Attempted, VoidOutcome } from '../activities/payments';
import { type Money, subtract } from '../domain/money';
import { authorizationIn, type MoneyMove } from '../domain/payment-account';
import type { Hold } from './money-record';
import { moveKey } from './provider';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyBack } from './steps';
import type { UndoAttempt } from './undo-stack';

/** Gives the hold back, but for what is taken of it towards the fee that its booking ended with. */
export async function letGo(booking: SagaRecord, hold: Hold, attempt: UndoAttempt): Promise<void> {
  const share = booking.money.feeShares.find(
    (each) => each.authorizationId === hold.authorizationId,
  )?.capture;
  if (!share || share.amount === 0 || hold.captured) return await voidAuthorization(booking, hold, attempt);
  hold.captured = await keepFee(booking, hold, share, attempt);
}

async function voidAuthorization(booking: SagaRecord, hold: Hold, attempt: UndoAttempt): Promise<void> {
  const { authorization, authorizationId } = hold;
  const outcome: Attempted<VoidOutcome> = hold.captured
    ? { outcome: 'nothing-held', attempts: 1 }
    : await moneyBack(attempt.patience, 'undo: void the authorization').voidAuthorization({
        authorization,
        ...(authorizationId !== undefined && { authorizationId }),
      });
  const voided = outcome.outcome === 'voided' ? outcome.authorizationId : undefined;
  await commitFact(booking, 'undo.completed', {
    details: {
      step: 'void-authorization',
      amount: authorization.amount,
      outcome: outcome.outcome,
      ...named(voided ?? authorizationId),
    },
    attempts: outcome.attempts,
    undo: attempt.undoAfterwards,
    ...(voided !== undefined && { patch: { paymentStatus: 'voided' }, moves: voidOf(booking, voided) }),
  });
}

/**
 * Takes `fee` from the hold instead of voiding it; the provider releases the rest. A provider that refuses for
 * good leaves a mark in the log, and there is nothing left to release or to pay out.
 *
 * @returns whether the fee was captured
 */
async function keepFee(booking: SagaRecord, hold: Hold, fee: Money, attempt: UndoAttempt): Promise<boolean> {
  const { authorizationId, authorization } = hold;
  if (authorizationId === undefined) throw new Error('a fee is taken from a hold that is on record');
  const outcome = await moneyBack(attempt.patience, 'capture the fee').capturePayment({
    key: moveKey(booking, hold, 'fee'),
    authorizationId,
    amount: fee,
  });
  const { attempts } = outcome;
  const done = outcome.outcome === 'done';
  const released = done ? subtract(authorization.amount, fee) : authorization.amount;
  if (done) {
    await commitFact(booking, 'payment.captured', {
      details: { amount: fee, reference: outcome.reference, authorizationId, released },
      attempts,
      patch: { paymentStatus: 'captured' },
      moves: [{ kind: 'captured', authorizationId, amount: fee }],
    });
  } else {
    await commitFact(booking, 'payment.capture-failed', {
      details: { amount: fee, code: outcome.code, authorizationId },
      attempts,
      patch: { paymentStatus: 'failed' },
    });
  }
  await commitFact(booking, 'undo.completed', {
    details: {
      step: 'void-authorization',
      amount: released,
      outcome: done ? 'rest-released' : 'nothing-held',
      authorizationId,
    },
    attempts,
    undo: attempt.undoAfterwards,
  });
  return done;
}

/** A void as the account knows it: not at all where the hold never got on record. */
export function voidOf({ money: { account } }: SagaRecord, authorizationId: string): MoneyMove[] {
  return authorizationIn(account, authorizationId) ? [{ kind: 'voided', authorizationId }] : [];
}

function named(authorizationId: string | undefined) {
  return authorizationId === undefined ? {} : { authorizationId };
}
