import type Stripe from 'stripe';
import type { Money } from '../../domain/money';
import type { HoldOutcome } from '../../domain/payment';
import { stripeAmount } from '../../platform/stripe/amounts';
import { marks, type StripeDeps } from './deps';
import { settledVerdict } from './errors';
import { beginMove } from './stripe-client';

/** More refunds than this of one payment are not looked through. */
const MOST = 100;

/**
 * Gives back part or all of what was captured. A refund made before under the same key is looked for among those of
 * the payment, because Stripe may have forgotten the key and would refund again.
 */
export async function refund(
  { stripe }: StripeDeps,
  request: { readonly key: string; readonly authorizationId: string; readonly amount: Money },
): Promise<HoldOutcome> {
  const move = beginMove();
  const { key, authorizationId } = request;
  const { amount } = stripeAmount(request.amount);
  try {
    const made = await stripe.refunds.list({ payment_intent: authorizationId, limit: MOST }, move.options());
    const earlier = made.data.find(({ metadata }) => metadata?.key === key);
    return outcomeOf(
      earlier ??
        (await stripe.refunds.create(
          { payment_intent: authorizationId, amount, metadata: marks(key) },
          move.options(key),
        )),
    );
  } catch (error) {
    const verdict = settledVerdict(error);
    if (verdict.kind === 'unknown') return { outcome: 'unknown', detail: verdict.detail };
    return { outcome: 'rejected', code: REFUSALS[verdict.code] ?? verdict.code };
  }
}

/** Source: docs.stripe.com/error-codes. */
const REFUSALS: Readonly<Record<string, string>> = {
  charge_already_refunded: 'nothing_to_refund',
  resource_missing: 'nothing_to_refund',
  payment_intent_unexpected_state: 'nothing_to_refund',
};

/** A pending refund is on its way; should it fail later, Stripe tells by `refund.failed`. */
function outcomeOf({ id, status }: Stripe.Refund): HoldOutcome {
  if (status === 'failed' || status === 'canceled') return { outcome: 'rejected', code: `refund_${status}` };
  return { outcome: 'done', reference: id };
}
