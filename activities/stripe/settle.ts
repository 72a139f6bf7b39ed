import type { HoldOutcome, SettleRequest } from '../../domain/payment';
import { stripeAmount } from '../../platform/stripe/amounts';
import { GatewayUnreachable } from '../payment-gateway';
import { marks, type StripeDeps } from './deps';
import { settledVerdict } from './errors';
import { beginMove } from './stripe-client';

/** More payouts than this for one booking are not looked through. */
const MOST = 100;

/**
 * Pays an owner: a transfer to their connected account. One made before under the same key is looked for among the
 * booking's transfers, because Stripe may have forgotten the key and would pay again.
 *
 * @throws {GatewayUnreachable} also for an owner without an account. That is not a refusal: the money is theirs, and
 *   they are paid by the next attempt once they have one.
 */
export async function settle(
  { stripe, references }: StripeDeps,
  { key, bookingId, ownerId, amount }: SettleRequest,
): Promise<HoldOutcome> {
  const destination = await references.payoutAccountOf(ownerId);
  if (destination === undefined) {
    throw new GatewayUnreachable(
      `owner ${ownerId} has no account to be paid out to: enter it in booking.payout_accounts`,
    );
  }
  const move = beginMove();
  const price = stripeAmount(amount);
  try {
    const made = await stripe.transfers.list({ transfer_group: bookingId, limit: MOST }, move.options());
    const earlier = made.data.find(({ metadata }) => metadata.key === key);
    const transfer =
      earlier ??
      (await stripe.transfers.create(
        { ...price, destination, transfer_group: bookingId, metadata: marks(key, bookingId) },
        move.options(key),
      ));
    return { outcome: 'done', reference: transfer.id };
  } catch (error) {
    const verdict = settledVerdict(error);
    if (verdict.kind === 'unknown') return { outcome: 'unknown', detail: verdict.detail };
    return { outcome: 'rejected', code: verdict.code };
  }
}
