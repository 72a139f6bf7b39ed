import type Stripe from 'stripe';
import type { AuthorizeOutcome, AuthorizeRequest } from '../../domain/payment';
import { stripeAmount } from '../../platform/stripe/amounts';
import { GatewayUnreachable } from '../payment-gateway';
import { cardOf } from './card-tokens';
import { createOnce } from './create-once';
import { declineOf, refusalAsDecline } from './declines';
import { marks, type StripeDeps } from './deps';
import { settledVerdict } from './errors';
import { beginMove, type Move } from './stripe-client';

type Intent = Stripe.PaymentIntent;

/** Given as the reason when we give a hold back, and so known again as our own doing. */
export const GIVEN_BACK = 'abandoned';

/**
 * Takes a hold in two steps: a PaymentIntent is made, which moves nothing, its id is written down under our key, and
 * only then is it confirmed. So whatever gets lost, and however much later somebody asks again, the PaymentIntent
 * says what became of it: confirming it twice takes no second hold. That is why confirming carries no key of its
 * own, under which Stripe would only repeat a failure.
 */
export async function authorize(deps: StripeDeps, request: AuthorizeRequest): Promise<AuthorizeOutcome> {
  const move = beginMove();
  const known = await deps.references.find(request.key);
  const intent = known === undefined ? await opened(deps, move, request) : await found(deps, move, known);
  return 'outcome' in intent ? intent : await driven(deps, move, request, intent);
}

/** A new PaymentIntent, or why there can be none. Nothing is held yet, so a lost answer is not `unknown`. */
async function opened(
  deps: StripeDeps,
  move: Move,
  { key, bookingId, token, amount }: AuthorizeRequest,
): Promise<Intent | AuthorizeOutcome> {
  const { stripe, references } = deps;
  try {
    const price = stripeAmount(amount);
    const card = await cardOf(token, key, deps, move);
    if (card === undefined) return { outcome: 'declined', code: 'unknown_token' };
    const made = await createOnce(move, key, (options) =>
      stripe.paymentIntents.create(
        {
          ...price,
          ...card,
          capture_method: 'manual',
          allowed_payment_method_types: ['card'],
          transfer_group: bookingId,
          metadata: marks(key, bookingId),
        },
        options,
      ),
    );
    const kept = await references.keep(key, bookingId, made.id);
    return kept === made.id ? made : await found(deps, move, kept);
  } catch (error) {
    const verdict = settledVerdict(error);
    if (verdict.kind === 'unknown') throw new GatewayUnreachable(`Stripe: ${verdict.detail}`);
    const code = verdict.kind === 'declined' ? verdict.code : refusalAsDecline(verdict.code);
    return { outcome: 'declined', code };
  }
}

async function found(
  { stripe }: StripeDeps,
  move: Move,
  intentId: string,
): Promise<Intent | AuthorizeOutcome> {
  try {
    return await stripe.paymentIntents.retrieve(intentId, {}, move.options());
  } catch (error) {
    const verdict = settledVerdict(error);
    const detail = 'detail' in verdict ? verdict.detail : `PaymentIntent ${intentId} cannot be read`;
    return { outcome: 'unknown', detail };
  }
}

/** Brings a PaymentIntent as far as it goes without its cardholder. */
async function driven(
  deps: StripeDeps,
  move: Move,
  request: Pick<AuthorizeRequest, 'offSession'>,
  intent: Intent,
): Promise<AuthorizeOutcome> {
  if (intent.status === 'requires_confirmation') {
    return await confirmed(deps, move, intent, request.offSession ? { off_session: true } : onSession(deps));
  }
  // An issuer that wants its cardholder there, though nobody was: asked anew as if they were, it says where they go.
  const { code, payment_method: card } = intent.last_payment_error ?? {};
  const isWanted = request.offSession && code === 'authentication_required';
  if (intent.status === 'requires_payment_method' && isWanted && card) {
    return await confirmed(deps, move, intent, { ...onSession(deps), payment_method: card.id });
  }
  return outcomeOf(intent);
}

function onSession({ returnUrl }: StripeDeps) {
  return { return_url: returnUrl };
}

async function confirmed(
  deps: StripeDeps,
  move: Move,
  intent: Intent,
  params: Stripe.PaymentIntentConfirmParams,
): Promise<AuthorizeOutcome> {
  try {
    return outcomeOf(await deps.stripe.paymentIntents.confirm(intent.id, params, move.options()));
  } catch (error) {
    const verdict = settledVerdict(error);
    switch (verdict.kind) {
      case 'unknown':
        return { outcome: 'unknown', detail: verdict.detail };
      case 'declined': {
        if (verdict.code !== 'action_required' || !params.off_session) {
          return { outcome: 'declined', code: verdict.code };
        }
        const now = await found(deps, move, intent.id);
        return 'outcome' in now ? now : await driven(deps, move, { offSession: true }, now);
      }
      case 'refused': {
        // Another attempt was faster, or it may not be confirmed at all: its status tells.
        const now = await found(deps, move, intent.id);
        if ('outcome' in now) return now;
        if (now.status !== 'requires_confirmation') return outcomeOf(now);
        return { outcome: 'declined', code: refusalAsDecline(verdict.code) };
      }
    }
  }
}

/** What a PaymentIntent's status means, once nothing more can be done about it from here. */
function outcomeOf(intent: Intent): AuthorizeOutcome {
  const { id: authorizationId, status } = intent;
  switch (status) {
    case 'requires_capture':
    case 'succeeded':
      return { outcome: 'authorized', authorizationId };
    case 'requires_action': {
      const actionUrl = intent.next_action?.redirect_to_url?.url;
      if (!actionUrl) return { outcome: 'declined', code: 'action_required' };
      return { outcome: 'requires_action', actionUrl, authorizationId };
    }
    case 'requires_payment_method':
      return {
        outcome: 'declined',
        code: intent.last_payment_error ? declineOf(intent.last_payment_error) : 'unknown_token',
      };
    case 'canceled':
      // Given back by ourselves, it had been authorized; else somebody at Stripe put an end to it.
      if (intent.cancellation_reason === GIVEN_BACK) return { outcome: 'authorized', authorizationId };
      return { outcome: 'declined', code: 'provider_refused' };
    default:
      return { outcome: 'unknown', detail: `PaymentIntent ${authorizationId} is ${status}` };
  }
}
