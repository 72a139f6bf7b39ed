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
  /** The cardholder is to confirm at `actionUrl`; until then nothing is held, and afterwards it is under this id. */
  | { readonly outcome: 'requires_action'; readonly actionUrl: string; readonly authorizationId: string }
  | { readonly outcome: 'unknown'; readonly detail: string };

/** Why a provider said no, and what a traveler can do about it. */
export const DECLINE_CODES = {
  card_declined: 'the card issuer said no; another card may do',
  insufficient_funds: 'there is not enough money behind the card',
  expired_card: 'the card has expired',
  incorrect_card: 'the card was entered wrongly',
  card_not_supported: 'the card cannot pay this: its kind, or its currency',
  action_required: 'the cardholder would have to confirm, and is not there',
  authentication_failed: 'the cardholder did not confirm, or failed to',
  unknown_token: 'the provider does not know the token, or it was used up',
  amount_not_supported:
    'the provider does not take such an amount in this currency; another card changes nothing',
  provider_refused: 'the provider refused the request itself; its log and ours say why',
} as const;
export type DeclineCode = keyof typeof DECLINE_CODES;

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
