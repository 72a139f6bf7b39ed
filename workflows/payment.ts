import type { Reason } from '../domain/booking';
import type { AuthorizeRequest } from '../domain/payment';
import { dropHold, registerHold } from './hold';
import { nightsAreGone } from './inventory';
import { askProvider } from './provider';
import type { SagaRecord } from './saga-record';
import { commitFact } from './steps';
import type { Visibility } from './visibility';

/**
 * Takes a hold on the traveler's card. A decline leaves the grace period for another card; without any card the
 * booking waits for one. Ends FAILED when none came in time, when the last one stayed declined, when the provider
 * could not be reached until the deadline, or when the nights are gone already.
 */
export async function authorizePayment(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const deadline = booking.paymentDeadline;
  let patience = deadline;
  let noCard: Reason = { code: 'payment-method-missing', text: 'no payment method was given in time' };

  for (let round = 1; ; round += 1) {
    const token = await nextCard(booking, visibility, patience, noCard);
    const gone = await nightsAreGone(booking);
    if (gone) booking.end({ fact: 'booking.failed', actor: 'SYSTEM', reason: gone });

    const declined = await tryCard(booking, round, token, deadline);
    if (declined === undefined) return;
    patience = Math.min(Date.now() + booking.agreed.terms.graceSeconds * 1000, deadline);
    noCard = {
      code: 'payment-declined',
      text: `the payment was declined (${declined}) and no other card was given`,
    };
  }
}

/** The token to charge: the one at hand, or the one that comes before the deadline. */
async function nextCard(
  booking: SagaRecord,
  visibility: Visibility,
  deadline: number,
  noCard: Reason,
): Promise<string> {
  booking.goOnUnlessEnding();
  if (booking.paymentToken === undefined) {
    visibility.show(`Waiting for a payment method until ${new Date(deadline).toISOString()}.`);
    const given = await booking.waitFor(() => booking.paymentToken !== undefined, deadline, 'payment method');
    if (!given) booking.end({ fact: 'booking.failed', actor: 'SYSTEM', reason: noCard });
  }
  const token = booking.paymentToken;
  if (token === undefined) throw new Error('a payment method was announced but not given');
  booking.paymentToken = undefined;
  return token;
}

/** Asks for the hold; answers why it was declined, or undefined where it was taken and PAYMENT_AUTHORIZED committed. */
async function tryCard(
  booking: SagaRecord,
  round: number,
  token: string,
  deadline: number,
): Promise<string | undefined> {
  const { bookingId } = booking.request;
  const { price } = booking.agreed;
  const authorization: AuthorizeRequest = {
    key: `${bookingId}/authorize/${round}`,
    bookingId,
    token,
    amount: price,
  };
  const hold = registerHold(booking, authorization);

  const outcome = await askProvider(booking, deadline, 'authorize payment', (money) =>
    money.authorizePayment(authorization),
  );
  if (outcome?.outcome === 'authorized') hold.authorizationId = outcome.authorizationId;
  else if (outcome) dropHold(booking, hold);
  booking.goOnUnlessEnding();
  if (!outcome) throw new Error('an authorization without outcome must have been cut short by an ending');

  if (outcome.outcome === 'authorized') {
    const { authorizationId } = outcome;
    await commitFact(booking, 'payment.authorized', {
      details: { amount: price, reference: authorizationId, authorizationId },
      attempts: outcome.attempts,
      patch: { paymentStatus: 'authorized', authorizationId },
      moves: [{ kind: 'authorized', authorizationId, amount: price }],
    });
    return undefined;
  }
  const code = outcome.outcome === 'declined' ? outcome.code : 'action_required';
  await commitFact(booking, 'payment.declined', {
    details: { amount: price, code },
    attempts: outcome.attempts,
    patch: { paymentStatus: 'declined' },
  });
  return code;
}
