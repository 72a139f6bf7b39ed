import type { Attempted, CaptureOutcome, CaptureRequest } from '../activities/payments';
import { add, least, type Money, subtract } from '../domain/money';
import { authorizationIn, heldOf } from '../domain/payment-account';
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
  const hold = booking.money.standing.find(({ purpose }) => purpose === 'up-front');
  if (!hold) throw new Error('nothing is held for what is paid up front');
  const outcome = await takeFrom(booking, hold, amount, (request) =>
    askProvider(booking, booking.paymentDeadline, 'capture payment', (money) =>
      money.capturePayment(request),
    ),
  );
  booking.goOnUnlessEnding();
  if (!outcome) throw new Error('a capture without outcome must have been cut short by an ending');

  await commitCapture(booking, hold, outcome);
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
  await giveBackTheRest(booking);
}

/** Answers whether all that is due was taken. */
async function captureDue(booking: SagaRecord): Promise<boolean> {
  const { money } = booking;
  const ask: Ask = (request) => moneyWithoutEnd('capture payment').capturePayment(request);
  if (money.captureOrder) await captureOrdered(booking, ask);
  else await captureFrom(booking, least(money.due, money.held), ask);
  return money.due.amount === 0;
}

/**
 * The owner wants another amount taken than is due, or wants it earlier: the rest of the price is let go. An order
 * that was put off, or whose hold came to nothing, stands.
 */
export async function captureOrdered(booking: SagaRecord, ask: Ask): Promise<void> {
  const { money } = booking;
  const order = money.captureOrder;
  if (!order) return;
  const left = await captureFrom(booking, least(order.amount, money.held), ask, order.by);
  if (left.amount > 0) {
    // Without a plan there is no card to charge again: a refusal is the last word.
    const isHopeless = money.standing.every(({ taking }) => !taking) && !booking.agreed.terms.payment;
    money.captureOrder = isHopeless ? undefined : { ...order, amount: left };
    return;
  }
  money.captureOrder = undefined;
  money.waived = add(money.waived, money.due);
  money.standing.forEach(letGoSoon);
}

/** Takes an amount from the holds that stand, oldest first. Answers what was not taken: refused, or cut short. */
async function captureFrom(
  booking: SagaRecord,
  amount: Money,
  ask: Ask,
  actor?: 'OWNER' | 'SYSTEM',
): Promise<Money> {
  let left = amount;
  for (const part of booking.money.captureParts(amount)) {
    const hold = booking.money.holdOf(part.authorizationId);
    const taken = hold && (await takeFrom(booking, hold, part.amount, ask));
    if (!taken) return left;
    await commitCapture(booking, hold, taken, actor);
    if (taken.outcome === 'done') left = subtract(left, taken.amount);
    else if (booking.agreed.terms.payment) letGoSoon(hold);
  }
  return left;
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

/** A capture and the provider's answer to it. */
export type Taken = Attempted<CaptureOutcome> & { readonly amount: Money };

/**
 * Captures `amount` of a hold; the undo of that is registered before. A capture that was cut short is asked for again
 * under its key, and so with its own amount.
 *
 * @returns undefined where it was cut short
 */
export async function takeFrom(
  booking: SagaRecord,
  hold: Hold,
  amount: Money,
  ask: Ask,
): Promise<Taken | undefined> {
  hold.taking ??= beginTaking(booking, hold, amount);
  const { request, undo } = hold.taking;
  const outcome = await ask(request);
  if (!outcome) return undefined;
  if (outcome.outcome === 'done') {
    hold.captured = true;
    booking.undos.forget(hold.undo);
  } else {
    booking.undos.forget(undo);
    delete hold.taking;
  }
  return { ...outcome, amount: request.amount };
}

function beginTaking(booking: SagaRecord, hold: Hold, amount: Money): NonNullable<Hold['taking']> {
  const { authorizationId } = hold;
  if (authorizationId === undefined) throw new Error('money is captured from a hold that is on record');
  const request = { key: moveKey(booking, hold, 'capture'), authorizationId, amount };
  const undo = booking.undos.register({
    step: 'refund-payment',
    run: (attempt) => refundPayment(booking, hold, request, attempt),
  });
  return { request, undo };
}

export async function commitCapture(
  booking: SagaRecord,
  { authorizationId = '' }: Hold,
  outcome: Taken,
  actor: 'SYSTEM' | 'OWNER' = 'SYSTEM',
): Promise<void> {
  const { attempts, amount } = outcome;
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
    // Another hold may have been taken since, and let go again.
    patch: { paymentStatus: 'captured', ...(authorizationId && { authorizationId }) },
    moves: [{ kind: 'captured', authorizationId, amount }],
  });
}
