import type { DeclineCode } from '../../domain/payment';

/**
 * Stripe's decline codes and card error codes, and what we tell the traveler. What is not listed is `card_declined`,
 * on purpose also where Stripe says that the cardholder must not be told more (`fraudulent`, `lost_card`,
 * `stolen_card`, `merchant_blacklist`).
 * Source: docs.stripe.com/declines/codes and docs.stripe.com/error-codes, read November 2026.
 */
export const STRIPE_DECLINES = {
  insufficient_funds: 'insufficient_funds',
  withdrawal_count_limit_exceeded: 'insufficient_funds',
  card_velocity_exceeded: 'insufficient_funds',
  expired_card: 'expired_card',
  incorrect_number: 'incorrect_card',
  invalid_number: 'incorrect_card',
  incorrect_cvc: 'incorrect_card',
  invalid_cvc: 'incorrect_card',
  invalid_expiry_month: 'incorrect_card',
  invalid_expiry_year: 'incorrect_card',
  incorrect_zip: 'incorrect_card',
  incorrect_address: 'incorrect_card',
  card_not_supported: 'card_not_supported',
  currency_not_supported: 'card_not_supported',
  invalid_amount: 'amount_not_supported',
  authentication_required: 'action_required',
  payment_intent_authentication_failure: 'authentication_failed',
  setup_intent_authentication_failure: 'authentication_failed',
  authentication_not_handled: 'authentication_failed',
} as const satisfies Record<string, DeclineCode>;

const KNOWN: Readonly<Record<string, DeclineCode>> = STRIPE_DECLINES;

/** Our code for a declined card: the issuer's own word goes before Stripe's. */
export function declineOf(error: { readonly code?: string; readonly decline_code?: string }): DeclineCode {
  return KNOWN[error.decline_code ?? ''] ?? KNOWN[error.code ?? ''] ?? 'card_declined';
}

/**
 * Requests that Stripe finds invalid for what the traveler sent or the item costs: as good as a decline.
 * Any other invalid request is a setting or a defect of ours.
 */
export const STRIPE_REFUSALS_AS_DECLINES = {
  resource_missing: 'unknown_token',
  token_already_used: 'unknown_token',
  payment_method_unexpected_state: 'unknown_token',
  payment_method_invalid_parameter: 'unknown_token',
  payment_method_currency_mismatch: 'card_not_supported',
  payment_intent_payment_attempt_expired: 'authentication_failed',
  amount_too_small: 'amount_not_supported',
  amount_too_large: 'amount_not_supported',
  invalid_charge_amount: 'amount_not_supported',
  invalid_charge_amount_no_decimal_compatible: 'amount_not_supported',
} as const satisfies Record<string, DeclineCode>;

const REFUSALS: Readonly<Record<string, DeclineCode>> = STRIPE_REFUSALS_AS_DECLINES;

/** Our code for a request that Stripe found invalid; `provider_refused` where nobody but an operator can help. */
export function refusalAsDecline(code: string): DeclineCode {
  return REFUSALS[code] ?? 'provider_refused';
}
