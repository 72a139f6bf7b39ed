import type { Money } from '../domain/money';
import type {
  AuthorizeOutcome,
  AuthorizeRequest,
  HoldOutcome,
  SaveCardOutcome,
  SaveCardRequest,
  SettleRequest,
} from '../domain/payment';

/**
 * The provider that moves money. Every call carries an idempotency key: repeating a call under its key never moves
 * money twice and answers what the first call came to.
 *
 * A call that got no answer is `unknown`; a provider that could not even be reached throws {@link GatewayUnreachable}.
 */
export interface PaymentGateway {
  /** Verifies a card and keeps it with the provider, to be charged when nobody is there. */
  saveCard(request: SaveCardRequest): Promise<SaveCardOutcome>;
  authorize(request: AuthorizeRequest): Promise<AuthorizeOutcome>;
  capture(request: { key: string; authorizationId: string; amount: Money }): Promise<HoldOutcome>;
  void(request: { key: string; authorizationId: string }): Promise<HoldOutcome>;
  /** Gives back part or all of what was captured. */
  refund(request: { key: string; authorizationId: string; amount: Money }): Promise<HoldOutcome>;
  settle(request: SettleRequest): Promise<HoldOutcome>;
}

/** The provider could not be reached, or said it cannot work now: nothing was done, try again. */
export class GatewayUnreachable extends Error {
  override readonly name = 'GatewayUnreachable';
}
