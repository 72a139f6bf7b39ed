import type { Attempted } from '../activities/payments';
import type { Money } from '../domain/money';
import type { AuthorizeRequest, DefiniteAuthorizeOutcome, DefiniteSaveCardOutcome } from '../domain/payment';
import { keepsCard, type PaymentPart } from '../domain/payment-policy';
import { dropHold, registerHold } from './hold';
import type { CardAttempt } from './money-record';
import type { AskMoney } from './provider';
import type { SagaRecord } from './saga-record';
import { commitFact } from './steps';

/** The provider's answer to a card. `again`: it still waits to be confirmed, as it did before. */
export type Charge =
  | { readonly outcome: 'charged' }
  | { readonly outcome: 'declined'; readonly code: string }
  | { readonly outcome: 'unconfirmed'; readonly actionUrl: string; readonly again: boolean };

/** A card that somebody gave; kept with the provider where something may have to be charged when they are away. */
export function givenCard(booking: SagaRecord, token: string): CardAttempt {
  const { bookingId, travelerId } = booking.request;
  if (!keepsCard(booking.agreed.terms)) return { token };
  booking.money.savings += 1;
  return {
    token,
    saving: { key: `${bookingId}/card/${booking.money.savings}`, bookingId, travelerId, token },
  };
}

/**
 * Has the card saved where it is to be kept, and takes a hold for each part; commits what the provider answers.
 *
 * @returns undefined where it was cut short; called again it goes on. An earlier part that was held stays held.
 * @throws {BookingEnds} where an ending was claimed meanwhile: an answer then goes unrecorded, and is undone
 */
export async function charge(
  booking: SagaRecord,
  attempt: CardAttempt,
  parts: readonly PaymentPart[],
  ask: AskMoney,
): Promise<Charge | undefined> {
  const { saving } = attempt;
  if (saving) {
    const saved = await ask('save the card', (money) => money.saveCard(saving));
    booking.goOnUnlessEnding();
    if (!saved) return undefined;
    if (saved.outcome !== 'saved') return await refused(booking, attempt, booking.agreed.price, saved);
    attempt.token = saved.card;
    delete attempt.saving;
    delete attempt.unconfirmed;
  }
  for (const { purpose, amount } of parts) {
    attempt.hold ??= registerHold(booking, nextAuthorization(booking, attempt, amount), purpose);
    const { hold } = attempt;
    const outcome = await ask('authorize payment', (money) => money.authorizePayment(hold.authorization));
    if (outcome?.outcome === 'authorized') hold.authorizationId = outcome.authorizationId;
    else if (outcome?.outcome === 'declined') dropHold(booking, hold);
    booking.goOnUnlessEnding();
    if (!outcome) return undefined;
    if (outcome.outcome !== 'authorized') return await refused(booking, attempt, amount, outcome);
    delete attempt.hold;
    delete attempt.unconfirmed;
    hold.takenAt = Date.now();
    await commitHold(booking, outcome, hold.authorization.amount);
  }
  return { outcome: 'charged' };
}

function nextAuthorization(booking: SagaRecord, attempt: CardAttempt, amount: Money): AuthorizeRequest {
  const { bookingId } = booking.request;
  booking.money.rounds += 1;
  return {
    key: `${bookingId}/authorize/${booking.money.rounds}`,
    bookingId,
    token: attempt.token,
    amount,
    ...(attempt.offSession && { offSession: true }),
  };
}

async function commitHold(
  booking: SagaRecord,
  { authorizationId, attempts }: { readonly authorizationId: string; readonly attempts: number },
  amount: Money,
): Promise<void> {
  await commitFact(booking, 'payment.authorized', {
    details: { amount, reference: authorizationId, authorizationId },
    attempts,
    patch: { paymentStatus: 'authorized', authorizationId },
    moves: [{ kind: 'authorized', authorizationId, amount }],
  });
}

type Refused = Attempted<
  Extract<DefiniteAuthorizeOutcome | DefiniteSaveCardOutcome, { outcome: 'declined' | 'requires_action' }>
>;

/** A card that has to be confirmed stands like one that was declined, but may still come about. */
async function refused(
  booking: SagaRecord,
  attempt: CardAttempt,
  amount: Money,
  answer: Refused,
): Promise<Charge> {
  const { attempts } = answer;
  if (answer.outcome === 'requires_action') {
    const { actionUrl } = answer;
    if (attempt.unconfirmed) return { outcome: 'unconfirmed', actionUrl, again: true };
    attempt.unconfirmed = true;
    await commitFact(booking, 'payment.declined', {
      details: { amount, code: 'action_required', actionUrl },
      attempts,
      ...(!attempt.standsBy && { patch: { paymentStatus: 'requires_action' } as const }),
    });
    return { outcome: 'unconfirmed', actionUrl, again: false };
  }
  delete attempt.hold;
  await commitFact(booking, 'payment.declined', {
    details: { amount, code: answer.code },
    attempts,
    ...(!attempt.standsBy && { patch: { paymentStatus: 'declined' } as const }),
  });
  return { outcome: 'declined', code: answer.code };
}
