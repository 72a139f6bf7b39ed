import type { Reason } from '../domain/booking';
import { CONFIRMATION_SECONDS, type PaymentPart, partsAtAcceptance } from '../domain/payment-policy';
import { type Charge, charge, givenCard } from './card';
import { nightsAreGone } from './inventory';
import type { CardAttempt } from './money-record';
import { type AskMoney, askProvider } from './provider';
import type { SagaRecord } from './saga-record';
import { commitFact } from './steps';
import { letGoSoon } from './superseded';
import type { Visibility } from './visibility';

/**
 * Secures the price with the traveler's card: holds what is taken before confirmation and what is due by now, and
 * saves the card for what falls due later. A decline leaves the grace period for another card; without any card the
 * booking waits for one. Ends FAILED when none came in time, when the last one stayed declined or unconfirmed, when
 * the provider could not be reached until the deadline, or when the nights are gone already.
 */
export async function authorizePayment(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const deadline = booking.paymentDeadline;
  const ask: AskMoney = (summary, move) => askProvider(booking, deadline, summary, move);
  let patience = deadline;
  let noCard: Reason = { code: 'payment-method-missing', text: 'no payment method was given in time' };
  let attempt: CardAttempt | undefined;

  for (;;) {
    attempt = await nextAttempt(booking, visibility, patience, noCard, attempt);
    const gone = await nightsAreGone(booking);
    if (gone) booking.end({ fact: 'booking.failed', actor: 'SYSTEM', reason: gone });

    const charged = await charge(booking, attempt, partsLeft(booking), ask);
    if (!charged) throw new Error('a charge without outcome must have been cut short by an ending');
    if (charged.outcome === 'charged') return await keepCard(booking, attempt);
    if (charged.outcome === 'unconfirmed' && charged.again) continue;
    patience = Math.min(Date.now() + patienceAfter(booking, charged) * 1000, deadline);
    noCard = declined(charged);
  }
}

/** The parts that are due at acceptance and not yet held. */
function partsLeft({ agreed, money: { holds } }: SagaRecord): PaymentPart[] {
  return partsAtAcceptance(agreed.price, agreed.terms, Date.now()).filter(
    ({ purpose }) => !holds.some((hold) => hold.purpose === purpose && hold.authorizationId !== undefined),
  );
}

/** A verified card counts as authorized where nothing is to be held yet. */
async function keepCard(booking: SagaRecord, { token }: CardAttempt): Promise<void> {
  booking.money.card = token;
  if (booking.state !== 'ACCEPTED') return;
  await commitFact(booking, 'payment.card-saved', {
    details: { reference: token },
    patch: { paymentStatus: 'card_saved' },
  });
}

/** Seconds for another card, or for the confirmation of this one. */
function patienceAfter({ agreed: { terms } }: SagaRecord, { outcome }: Charge): number {
  return outcome === 'unconfirmed' ? Math.max(terms.graceSeconds, CONFIRMATION_SECONDS) : terms.graceSeconds;
}

/** Why a booking ends whose card came to nothing. */
export function declined(charge: Exclude<Charge, { outcome: 'charged' }>): Reason {
  const code = charge.outcome === 'declined' ? charge.code : 'action_required';
  return {
    code: 'payment-declined',
    text: `the payment was declined (${code}) and no other card was given`,
  };
}

/**
 * The card to charge: the one at hand, or what comes before the deadline, be it another card or the confirmation of
 * the last one.
 */
async function nextAttempt(
  booking: SagaRecord,
  visibility: Visibility,
  deadline: number,
  noCard: Reason,
  last: CardAttempt | undefined,
): Promise<CardAttempt> {
  booking.goOnUnlessEnding();
  const isConfirmed = () => last?.unconfirmed === true && booking.money.news;
  if (booking.paymentToken === undefined) {
    visibility.show(`Waiting for a payment method until ${new Date(deadline).toISOString()}.`);
    const heard = await booking.waitFor(
      () => booking.paymentToken !== undefined || isConfirmed(),
      deadline,
      'payment method',
    );
    if (!heard) booking.end({ fact: 'booking.failed', actor: 'SYSTEM', reason: noCard });
  }
  booking.money.news = false;
  const token = booking.paymentToken;
  if (token === undefined) {
    if (!last) throw new Error('a payment method was announced but not given');
    return last;
  }
  booking.paymentToken = undefined;
  if (last?.hold) letGoSoon(last.hold);
  return givenCard(booking, token);
}
