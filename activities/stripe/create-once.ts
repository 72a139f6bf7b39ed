import Stripe from 'stripe';
import type { Move } from './stripe-client';

/**
 * Makes an object under a key. Stripe keeps a 500 under its key like any other answer, for a day, so a repeat would
 * learn nothing: it is then asked without the key. Only for objects under which no money moves by their being made.
 */
export async function createOnce<T>(
  move: Move,
  key: string,
  create: (options: Stripe.RequestOptions) => Promise<T>,
): Promise<T> {
  try {
    return await create(move.options(key));
  } catch (error) {
    if (!isKeptFailure(error)) throw error;
    return await create(move.options());
  }
}

/** Source: docs.stripe.com/error-low-level, "Sending idempotency keys". */
function isKeptFailure(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeAPIError &&
    (error.statusCode ?? 0) >= 500 &&
    error.headers?.['idempotent-replayed'] === 'true'
  );
}
