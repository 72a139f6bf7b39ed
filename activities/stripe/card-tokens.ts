import type { StripeDeps } from './deps';
import type { Move } from './stripe-client';

/** A card as Stripe takes it. */
export interface StripeCard {
  readonly payment_method: string;
  /** Whose saved card it is. */
  readonly customer?: string;
}

const SAVED = /^(cus_\w+)\/(pm_\w+|card_\w+)$/;

/** The reference of a saved card, by which it is charged later. */
export function savedCard(customer: string, paymentMethod: string): string {
  return `${customer}/${paymentMethod}`;
}

/**
 * Reads a payment token: a PaymentMethod (`pm_…`), a token of Stripe.js (`tok_…`), of which a PaymentMethod is made,
 * or the reference of a saved card.
 * @returns undefined for what is none of these
 */
export async function cardOf(
  token: string,
  key: string,
  { stripe }: StripeDeps,
  move: Move,
): Promise<StripeCard | undefined> {
  const [, customer, saved] = SAVED.exec(token) ?? [];
  if (customer && saved) return { customer, payment_method: saved };
  if (/^pm_\w+$/.test(token)) return { payment_method: token };
  if (!/^tok_\w+$/.test(token)) return undefined;
  const made = await stripe.paymentMethods.create(
    { type: 'card', card: { token } },
    move.options(`${key}/card`),
  );
  return { payment_method: made.id };
}
