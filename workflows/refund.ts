import type { Attempted, CaptureRequest, RefundOutcome } from '../activities/payments';
import type { Money } from '../domain/money';
import { authorizationIn, type MoneyMove } from '../domain/payment-account';
import type { Hold } from './money-record';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyBack } from './steps';
import type { UndoAttempt } from './undo-stack';

/** The undo of a capture: gives back what was taken, but for the fee that its booking ended with. */
export async function refundPayment(
  booking: SagaRecord,
  hold: Hold,
  capture: CaptureRequest,
  attempt: UndoAttempt,
): Promise<void> {
  const { authorizationId } = capture;
  const amount = amountToRefund(booking, capture);
  const outcome: Attempted<RefundOutcome> | { outcome: 'fee-kept'; attempts: number } =
    amount.amount === 0
      ? { outcome: 'fee-kept', attempts: 1 }
      : await moneyBack(attempt.patience, 'undo: refund the payment').refundPayment({
          key: `${capture.key}/refund`,
          capture,
          isCaptured: hold.captured,
          amount,
        });
  const refunded = outcome.outcome === 'refunded';
  // Where the capture had come about after all, there is nothing left to void.
  if (refunded) hold.captured = true;
  await commitFact(booking, 'undo.completed', {
    details: { step: 'refund-payment', amount, outcome: outcome.outcome, authorizationId },
    attempts: outcome.attempts,
    undo: attempt.undoAfterwards,
    ...(refunded && { patch: { paymentStatus: 'refunded' }, moves: refundOf(booking, capture, amount) }),
  });
}

/** What is not part of the fee; of a capture that never got on record, all. */
function amountToRefund(
  { money: { account, feeShares } }: SagaRecord,
  { authorizationId, amount }: CaptureRequest,
): Money {
  if (!authorizationIn(account, authorizationId)?.captured.amount) return amount;
  return feeShares.find((share) => share.authorizationId === authorizationId)?.refund ?? amount;
}

function refundOf(
  { money: { account } }: SagaRecord,
  { authorizationId, amount }: CaptureRequest,
  refund: Money,
): MoneyMove[] {
  const onRecord = authorizationIn(account, authorizationId);
  return [
    ...(onRecord?.captured.amount ? [] : [{ kind: 'captured', authorizationId, amount } as const]),
    { kind: 'refunded', authorizationId, amount: refund },
  ];
}
