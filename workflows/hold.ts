import { ActivityFailure } from '@temporalio/workflow';
import type { Payments } from '../activities/payments';
import type { AuthorizeRequest } from '../domain/payment';
import { keepFee } from './fee';
import type { Hold, SagaRecord } from './saga-record';
import { commitFact, moneyBack, moneyBefore, unlessEnding } from './steps';
import type { UndoAttempt } from './undo-stack';

/** Registers the hold's undo; to be called before the provider is asked. */
export function registerHold(booking: SagaRecord, authorization: AuthorizeRequest): Hold {
  const undo = booking.undos.register({
    step: 'void-authorization',
    run: (attempt) => letGo(booking, hold, attempt),
  });
  const hold: Hold = { authorization, undo, captured: false };
  booking.hold = hold;
  return hold;
}

/**
 * Asks the provider until it answers definitely, no longer than until `deadline`. Answers undefined where an ending
 * cut the asking short, or was brought about by the deadline; what was asked for may then have happened or not.
 */
export async function askProvider<Outcome>(
  booking: SagaRecord,
  deadline: number,
  summary: string,
  ask: (money: ReturnType<typeof moneyBefore>) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  const money = moneyBefore(deadline, summary);
  try {
    return await unlessEnding(booking, () => ask(money));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    booking.claimEnding({
      fact: 'booking.failed',
      actor: 'SYSTEM',
      reason: { code: 'payment-unreachable', text: 'the payment provider gave no answer in time' },
    });
    return undefined;
  }
}

/** Gives the hold back, but for the fee that its booking ended with. */
async function letGo(booking: SagaRecord, hold: Hold, attempt: UndoAttempt): Promise<void> {
  const fee = booking.ending?.fee;
  const { authorizationId } = hold;
  if (!fee || hold.captured || authorizationId === undefined) {
    return await voidAuthorization(booking, hold, attempt);
  }
  hold.captured = await keepFee(booking, authorizationId, fee, attempt);
}

async function voidAuthorization(booking: SagaRecord, hold: Hold, attempt: UndoAttempt): Promise<void> {
  const { authorization, authorizationId } = hold;
  const outcome: Pick<
    Awaited<ReturnType<Payments['voidAuthorization']>>,
    'outcome' | 'attempts'
  > = hold.captured
    ? { outcome: 'nothing-held', attempts: 1 }
    : await moneyBack(attempt.patience, 'undo: void the authorization').voidAuthorization({
        authorization,
        ...(authorizationId !== undefined && { authorizationId }),
      });
  await commitFact(booking, 'undo.completed', {
    details: { step: 'void-authorization', amount: authorization.amount, outcome: outcome.outcome },
    attempts: outcome.attempts,
    undo: attempt.undoAfterwards,
    ...(outcome.outcome === 'voided' && { patch: { paymentStatus: 'voided' } }),
  });
}
