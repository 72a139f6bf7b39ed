import type { BookingId } from './ids';
import type { Money } from './money';

/** Asks the provider to hold `amount`. Repeating it under the same `key` never takes a second hold. */
export interface AuthorizeRequest {
  readonly key: string;
  readonly bookingId: BookingId;
  /** A token, or the reference of a card saved before. */
  readonly token: string;
  readonly amount: Money;
  /** The cardholder is not there to confirm anything: a saved card is charged. */
  readonly offSession?: boolean;
}

/** Asks the provider to keep a card for later. Repeating it under the same `key` never saves it twice. */
export interface SaveCardRequest {
  readonly key: string;
  readonly bookingId: BookingId;
  readonly travelerId: string;
  readonly token: string;
}

/** What a provider can answer to that. `card`: a reference that {@link AuthorizeRequest} takes as its token. */
export type SaveCardOutcome =
  | { readonly outcome: 'saved'; readonly card: string }
  | { readonly outcome: 'declined'; readonly code: DeclineCode }
  | { readonly outcome: 'requires_action'; readonly actionUrl: string }
  | { readonly outcome: 'unknown'; readonly detail: string };

export type DefiniteSaveCardOutcome = Exclude<SaveCardOutcome, { outcome: 'unknown' }>;

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
