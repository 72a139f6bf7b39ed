import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { SaveCardOutcome, SaveCardRequest } from '../../domain/payment';
import { cardOf, savedCard } from './card-tokens';
import { createOnce } from './create-once';
import { declineOf, refusalAsDecline } from './declines';
import { marks, type StripeDeps } from './deps';
import { settledVerdict } from './errors';
import { beginMove, type Move } from './stripe-client';

/**
 * Keeps a card with Stripe for charging it when nobody is there: a SetupIntent, confirmed at once, for the traveler's
 * customer. It moves no money, so at worst it is done twice.
 */
export async function saveCard(deps: StripeDeps, request: SaveCardRequest): Promise<SaveCardOutcome> {
  const move = beginMove();
  const known = await deps.references.find(request.key);
  try {
    if (known !== undefined)
      return outcomeOf(await deps.stripe.setupIntents.retrieve(known, {}, move.options()));
    return await savedAnew(deps, move, request);
  } catch (error) {
    const verdict = settledVerdict(error);
    switch (verdict.kind) {
      case 'unknown':
        return { outcome: 'unknown', detail: verdict.detail };
      case 'declined':
        return { outcome: 'declined', code: verdict.code };
      case 'refused':
        return { outcome: 'declined', code: refusalAsDecline(verdict.code) };
    }
  }
}

async function savedAnew(
  deps: StripeDeps,
  move: Move,
  { key, bookingId, travelerId, token }: SaveCardRequest,
): Promise<SaveCardOutcome> {
  const card = await cardOf(token, key, deps, move);
  if (card === undefined) return { outcome: 'declined', code: 'unknown_token' };
  if (card.customer !== undefined) return { outcome: 'saved', card: token };
  const customer = await customerFor(deps, move, travelerId);
  const intent = await createOnce(move, key, (options) =>
    deps.stripe.setupIntents.create(
      {
        customer,
        payment_method: card.payment_method,
        allowed_payment_method_types: ['card'],
        usage: 'off_session',
        confirm: true,
        return_url: deps.returnUrl,
        metadata: marks(key, bookingId),
      },
      options,
    ),
  );
  await deps.references.keep(key, bookingId, intent.id);
  return outcomeOf(intent);
}

/** One customer per traveler, who is known to Stripe by nothing but our opaque id. */
async function customerFor(deps: StripeDeps, move: Move, travelerId: string): Promise<string> {
  const known = await deps.references.customerOf(travelerId);
  if (known !== undefined) return known;
  // Hashed, because a key goes into a header and the id is whatever the identity provider makes it.
  const key = `customer/${createHash('sha256').update(travelerId).digest('hex')}`;
  const made = await createOnce(move, key, (options) =>
    deps.stripe.customers.create({ metadata: { traveler_id: travelerId } }, options),
  );
  return await deps.references.keepCustomer(travelerId, made.id);
}

function outcomeOf(intent: Stripe.SetupIntent): SaveCardOutcome {
  const { id, status } = intent;
  switch (status) {
    case 'succeeded': {
      const customer = idOf(intent.customer);
      const paymentMethod = idOf(intent.payment_method);
      if (!customer || !paymentMethod) return { outcome: 'declined', code: 'unknown_token' };
      return { outcome: 'saved', card: savedCard(customer, paymentMethod) };
    }
    case 'requires_action': {
      const actionUrl = intent.next_action?.redirect_to_url?.url;
      return actionUrl
        ? { outcome: 'requires_action', actionUrl }
        : { outcome: 'declined', code: 'action_required' };
    }
    case 'requires_payment_method':
      return {
        outcome: 'declined',
        code: intent.last_setup_error ? declineOf(intent.last_setup_error) : 'unknown_token',
      };
    case 'canceled':
      return { outcome: 'declined', code: 'provider_refused' };
    default:
      return { outcome: 'unknown', detail: `SetupIntent ${id} is ${status}` };
  }
}

function idOf(named: string | { readonly id: string } | null): string | undefined {
  return typeof named === 'string' ? named : named?.id;
}
