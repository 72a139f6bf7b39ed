import Stripe from 'stripe';
import { Problem } from '../../../domain/problems';
import type { SignedBody } from '../../http/route';

/** How old a signature may be, seconds. What is replayed within that is known by its event id. */
export const TOLERANCE_SECONDS = 300;

/**
 * The event in a webhook of Stripe's.
 * @throws {Problem} `bad-signature`, where Stripe did not sign exactly this, or not just now
 */
export function verifiedEvent({ bytes, signature }: SignedBody, secret: string, now: Date): Stripe.Event {
  try {
    return Stripe.webhooks.constructEvent(
      bytes,
      signature ?? '',
      secret,
      TOLERANCE_SECONDS,
      undefined,
      now.getTime(),
    );
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
    const [why = ''] = error.message.split('\n');
    throw new Problem('bad-signature', `${why.trim()} Check STRIPE_WEBHOOK_SECRET and the clock.`);
  }
}
