import type { Attempted, CaptureOutcome, CaptureRequest } from '../activities/payments';
import { least, type Money, subtract } from '../domain/money';
import { authorizationIn, captureParts, heldOf } from '../domain/payment-account';
import { keepsCard, upFrontOf } from '../domain/payment-policy';
import { charge } from './card';
import { savedCard } from './later-payment';
import type { Hold } from './money-record';
import { askProvider, moveKey } from './provider';
import { refundPayment } from './refund';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyWithoutEnd } from './steps';
import { giveBackTheRest, letGoSoon } from './superseded';

type Ask = (request: CaptureRequest) => Promise<Attempted<CaptureOutcome> | undefined>;

/**
 * Takes what is paid up front, such as a deposit or the whole price of a flight, while the booking can still fail or
 * be cancelled.
 */
export async function captureBeforeConfirmation(booking: SagaRecord): Promise<void> {
  const amount = upFrontOf(booking.agreed.price, booking.agreed.terms);
  if (amount.amount === 0) return;
  booking.goOnUnlessEnding();
  const hold = booking.money.holds.find(({ purpose }) => purpose === 'up-front');
  if (!hold) throw new Error('nothing is held for what is paid up front');
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
 * Takes what is due once the stay has begun, and gives back what is held besides. A provider that refuses for good
 * leaves a mark in the log; a card that was kept is then charged once more.
 */
export async function captureAtCheckIn(booking: SagaRecord): Promise<void> {
  if (!(await captureDue(booking)) && (await holdAgain(booking))) await captureDue(booking);
  if (booking.agreed.terms.payment) await giveBackTheRest(booking);
}

/** Answers whether all that is due was taken. */
async function captureDue(booking: SagaRecord): Promise<boolean> {
  for (const { authorizationId, amount } of captureParts(
    booking.money.account,
    least(booking.money.due, booking.money.held),
  )) {
    const hold = booking.money.holdOf(authorizationId);
    if (!hold) throw new Error(`nothing is known of the hold ${authorizationId}`);
    const outcome = await takeFrom(booking, hold, amount, (request) =>
      moneyWithoutEnd('capture payment').capturePayment(request),
    );
    if (!outcome) throw new Error('a capture without end has an outcome');
    await commitCapture(booking, hold, amount, outcome);
    if (outcome.outcome === 'rejected' && booking.agreed.terms.payment) letGoSoon(hold);
  }
  return booking.money.due.amount === 0;
}

/** The hold was never taken, or came to nothing: the card that was kept is charged, for as long as that takes. */
async function holdAgain(booking: SagaRecord): Promise<boolean> {
  if (!keepsCard(booking.agreed.terms) || booking.money.card === undefined) return false;
  const charged = await charge(
    booking,
    booking.money.attempt ?? savedCard(booking.money),
    [{ purpose: 'stay', amount: booking.money.missing }],
    (summary, ask) => ask(moneyWithoutEnd(summary)),
  );
  return charged?.outcome === 'charged';
}

/**
 * Captures `amount` of a hold; the undo of that is registered before.
 * @returns undefined where it was cut short
 */
export async function takeFrom(booking: SagaRecord, hold: Hold, amount: Money, ask: Ask) {
  const { authorizationId } = hold;
  if (authorizationId === undefined) throw new Error('money is captured from a hold that is on record');
  const request = { key: moveKey(booking, hold, 'capture'), authorizationId, amount };
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

export async function commitCapture(
  booking: SagaRecord,
  { authorizationId = '' }: Hold,
  amount: Money,
  outcome: Attempted<CaptureOutcome>,
  actor: 'SYSTEM' | 'OWNER' = 'SYSTEM',
): Promise<void> {
  const { attempts } = outcome;
  if (outcome.outcome === 'rejected') {
    await commitFact(booking, 'payment.capture-failed', {
      actor,
      details: { amount, code: outcome.code, authorizationId },
      attempts,
      patch: { paymentStatus: 'failed' },
    });
    return;
  }
  const onRecord = authorizationIn(booking.money.account, authorizationId);
  const released = onRecord && subtract(heldOf(onRecord), amount);
  await commitFact(booking, 'payment.captured', {
    actor,
    details: { amount, reference: outcome.reference, authorizationId, ...(released?.amount && { released }) },
    attempts,
    patch: { paymentStatus: 'captured' },
    moves: [{ kind: 'captured', authorizationId, amount }],
  });
}
