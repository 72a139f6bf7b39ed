import type Stripe from 'stripe';
import type { Money } from '../../domain/money';
import type { HoldOutcome } from '../../domain/payment';
import { stripeAmount } from '../../platform/stripe/amounts';
import { GIVEN_BACK } from './authorize';
import type { StripeDeps } from './deps';
import { settledVerdict } from './errors';
import { beginMove, type Move } from './stripe-client';

/*
 * What becomes of a hold. A PaymentIntent is captured once and cancelled once, whatever key it is asked under, so
 * these carry none: its status answers a repeat, at any age.
 */

/** Takes part or all of a hold; Stripe releases the rest with that. */
export async function capture(
  deps: StripeDeps,
  request: { readonly authorizationId: string; readonly amount: Money },
): Promise<HoldOutcome> {
  const move = beginMove();
  const { amount } = stripeAmount(request.amount);
  return await ended(deps, move, request.authorizationId, {
    ask: (id) => deps.stripe.paymentIntents.capture(id, { amount_to_capture: amount }, move.options()),
    isDone: (intent) => intent.status === 'succeeded' && intent.amount_received === amount,
    refusals: { canceled: 'hold_expired', succeeded: 'already_captured' },
  });
}

/** Gives a hold back, also one whose cardholder has not confirmed yet. */
export async function voidHold(
  deps: StripeDeps,
  request: { readonly authorizationId: string },
): Promise<HoldOutcome> {
  const move = beginMove();
  return await ended(deps, move, request.authorizationId, {
    ask: (id) => deps.stripe.paymentIntents.cancel(id, { cancellation_reason: GIVEN_BACK }, move.options()),
    // One that ran out by itself is given back as well.
    isDone: (intent) => intent.status === 'canceled',
    refusals: { succeeded: 'already_captured' },
  });
}

interface End {
  readonly ask: (id: string) => Promise<Stripe.PaymentIntent>;
  readonly isDone: (intent: Stripe.PaymentIntent) => boolean;
  /** By the status that stands in the way. */
  readonly refusals: Readonly<Record<string, string>>;
}

async function ended({ stripe }: StripeDeps, move: Move, id: string, end: End): Promise<HoldOutcome> {
  let refusal = 'hold_not_open';
  let intent: Stripe.PaymentIntent;
  try {
    intent = await end.ask(id);
  } catch (error) {
    const verdict = settledVerdict(error);
    if (verdict.kind === 'unknown') return { outcome: 'unknown', detail: verdict.detail };
    refusal = verdict.code;
    const now = await reread(stripe, move, id);
    if ('outcome' in now) return now;
    intent = now;
  }
  if (end.isDone(intent)) return { outcome: 'done', reference: intent.id };
  return { outcome: 'rejected', code: end.refusals[intent.status] ?? refusal };
}

async function reread(stripe: Stripe, move: Move, id: string): Promise<Stripe.PaymentIntent | HoldOutcome> {
  try {
    return await stripe.paymentIntents.retrieve(id, {}, move.options());
  } catch (error) {
    const verdict = settledVerdict(error);
    if (verdict.kind === 'unknown') return { outcome: 'unknown', detail: verdict.detail };
    return { outcome: 'rejected', code: verdict.code };
  }
}
