import type { CaptureOutcome, CaptureRequest } from '../activities/payments';
import { askProvider } from './hold';
import type { Hold, SagaRecord } from './saga-record';
import { commitFact, moneyBack, moneyWithoutEnd } from './steps';
import type { UndoAttempt } from './undo-stack';

/** Travel is paid before it is confirmed: takes the money while the booking can still fail or be cancelled. */
export async function captureBeforeConfirmation(booking: SagaRecord): Promise<void> {
  if (booking.request.terms.capture !== 'before-confirmation') return;
  booking.goOnUnlessEnding();
  const { hold, request } = openHold(booking);
  const undo = booking.undos.register({
    step: 'refund-payment',
    run: (attempt) => refundPayment(booking, hold, request, attempt),
  });

  const outcome = await askProvider(booking, booking.paymentDeadline, 'capture payment', (money) =>
    money.capturePayment(request),
  );
  if (outcome?.outcome === 'done') {
    hold.captured = true;
    booking.undos.forget(hold.undo);
  } else if (outcome) booking.undos.forget(undo);
  booking.goOnUnlessEnding();
  if (!outcome) throw new Error('a capture without outcome must have been cut short by an ending');

  await commitCapture(booking, outcome);
  if (outcome.outcome === 'done') return;
  booking.end({
    fact: 'booking.failed',
    actor: 'SYSTEM',
    reason: { code: 'payment-declined', text: `the payment could not be taken (${outcome.code})` },
  });
}

/**
 * Takes what is held once the stay has begun. A provider that refuses for good leaves a mark in the log and nothing
 * to settle.
 */
export async function captureAtCheckIn(booking: SagaRecord): Promise<void> {
  const { hold, request } = openHold(booking);
  if (hold.captured) return;
  const outcome = await moneyWithoutEnd('capture payment').capturePayment(request);
  hold.captured = outcome.outcome === 'done';
  await commitCapture(booking, outcome);
}

function openHold(booking: SagaRecord): { hold: Hold; request: CaptureRequest } {
  const { hold } = booking;
  if (hold?.authorizationId === undefined) throw new Error('the booking holds no authorization');
  const { bookingId, price } = booking.request;
  return {
    hold,
    request: { key: `${bookingId}/capture`, authorizationId: hold.authorizationId, amount: price },
  };
}

async function commitCapture(
  booking: SagaRecord,
  outcome: CaptureOutcome & { attempts: number },
): Promise<void> {
  const amount = booking.request.price;
  const { attempts } = outcome;
  if (outcome.outcome === 'done') {
    await commitFact(booking, 'payment.captured', {
      details: { amount, reference: outcome.reference },
      attempts,
      patch: { paymentStatus: 'captured' },
    });
  } else {
    await commitFact(booking, 'payment.capture-failed', {
      details: { amount, code: outcome.code },
      attempts,
      patch: { paymentStatus: 'failed' },
    });
  }
}

async function refundPayment(
  booking: SagaRecord,
  hold: Hold,
  capture: CaptureRequest,
  attempt: UndoAttempt,
): Promise<void> {
  const outcome = await moneyBack(attempt.patience, 'undo: refund the payment').refundPayment({
    key: `${capture.key}/refund`,
    capture,
    isCaptured: hold.captured,
    amount: capture.amount,
  });
  // Where the capture had come about after all, there is nothing left to void.
  if (outcome.outcome === 'refunded') hold.captured = true;
  await commitFact(booking, 'undo.completed', {
    details: { step: 'refund-payment', amount: capture.amount, outcome: outcome.outcome },
    attempts: outcome.attempts,
    undo: attempt.undoAfterwards,
    ...(outcome.outcome === 'refunded' && { patch: { paymentStatus: 'refunded' } }),
  });
}
