import type { Attempted, CaptureOutcome, CaptureRequest } from '../activities/payments';
import { type Money, subtract } from '../domain/money';
import { authorizationIn, heldOf } from '../domain/payment-account';
import { askProvider, moveKey } from './provider';
import { refundPayment } from './refund';
import type { Hold, SagaRecord } from './saga-record';
import { commitFact, moneyWithoutEnd } from './steps';

type Ask = (request: CaptureRequest) => Promise<Attempted<CaptureOutcome> | undefined>;

/** Travel is paid before it is confirmed: takes the money while the booking can still fail or be cancelled. */
export async function captureBeforeConfirmation(booking: SagaRecord): Promise<void> {
  if (booking.agreed.terms.capture !== 'before-confirmation') return;
  booking.goOnUnlessEnding();
  const hold = openHold(booking);
  const amount = booking.agreed.price;
  const outcome = await takeFrom(booking, hold, amount, (request) =>
    askProvider(booking, booking.paymentDeadline, 'capture payment', (money) =>
      money.capturePayment(request),
    ),
  );
  booking.goOnUnlessEnding();
  if (!outcome) throw new Error('a capture without outcome must have been cut short by an ending');

  await commitCapture(booking, hold, amount, outcome);
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
  if (booking.holds.every((hold) => hold.captured)) return;
  const hold = openHold(booking);
  const amount = booking.agreed.price;
  const outcome = await takeFrom(booking, hold, amount, (request) =>
    moneyWithoutEnd('capture payment').capturePayment(request),
  );
  if (outcome) await commitCapture(booking, hold, amount, outcome);
}

function openHold({ holds }: SagaRecord): Hold {
  const hold = holds.find(({ authorizationId, captured }) => authorizationId !== undefined && !captured);
  if (!hold) throw new Error('the booking holds no authorization');
  return hold;
}

/** Captures `amount` of a hold; the undo of that is registered before. Answers undefined where it was cut short. */
async function takeFrom(booking: SagaRecord, hold: Hold, amount: Money, ask: Ask) {
  const request = captureRequest(booking, hold, amount);
  const undo = booking.undos.register({
    step: 'refund-payment',
    run: (attempt) => refundPayment(booking, hold, request, attempt),
  });
  const outcome = await ask(request);
  if (outcome?.outcome === 'done') {
    hold.captured = true;
    booking.undos.forget(hold.undo);
  } else if (outcome) booking.undos.forget(undo);
  return outcome;
}

function captureRequest(booking: SagaRecord, hold: Hold, amount: Money): CaptureRequest {
  const { authorizationId } = hold;
  if (authorizationId === undefined) throw new Error('money is captured from a hold that is on record');
  return { key: moveKey(booking, hold, 'capture'), authorizationId, amount };
}

async function commitCapture(
  booking: SagaRecord,
  hold: Hold,
  amount: Money,
  outcome: Attempted<CaptureOutcome>,
): Promise<void> {
  const { authorizationId = '' } = hold;
  const { attempts } = outcome;
  if (outcome.outcome === 'rejected') {
    await commitFact(booking, 'payment.capture-failed', {
      details: { amount, code: outcome.code, authorizationId },
      attempts,
      patch: { paymentStatus: 'failed' },
    });
    return;
  }
  const onRecord = authorizationIn(booking.account, authorizationId);
  const released = onRecord && subtract(heldOf(onRecord), amount);
  await commitFact(booking, 'payment.captured', {
    details: { amount, reference: outcome.reference, authorizationId, ...(released?.amount && { released }) },
    attempts,
    patch: { paymentStatus: 'captured' },
    moves: [{ kind: 'captured', authorizationId, amount }],
  });
}
