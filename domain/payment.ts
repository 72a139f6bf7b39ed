import type { BookingId } from './ids';
import type { Money } from './money';

/** Asks the provider to hold `amount`. Repeating it under the same `key` never takes a second hold. */
export interface AuthorizeRequest {
  readonly key: string;
  readonly bookingId: BookingId;
  readonly token: string;
  readonly amount: Money;
}

/** What a provider can answer to an authorization. `unknown`: a hold may or may not have been taken. */
export type AuthorizeOutcome =
  | { readonly outcome: 'authorized'; readonly authorizationId: string }
  | { readonly outcome: 'declined'; readonly code: DeclineCode }
  | { readonly outcome: 'requires_action'; readonly actionUrl: string }
  | { readonly outcome: 'unknown'; readonly detail: string };

export type DeclineCode = 'card_declined' | 'insufficient_funds' | 'unknown_token' | 'action_required';

/** An answer that settles the matter. */
export type DefiniteAuthorizeOutcome = Exclude<AuthorizeOutcome, { outcome: 'unknown' }>;

/** Capturing or voiding a hold. `rejected`: the provider refuses for good (already voided, expired). */
export type HoldOutcome =
  | { readonly outcome: 'done'; readonly reference: string }
  | { readonly outcome: 'rejected'; readonly code: string }
  | { readonly outcome: 'unknown'; readonly detail: string };

export type DefiniteHoldOutcome = Exclude<HoldOutcome, { outcome: 'unknown' }>;

/** Pays the owner what was captured for a booking. */
export interface SettleRequest {
  readonly key: string;
  readonly bookingId: BookingId;
  readonly ownerId: string;
  readonly amount: Money;
}
