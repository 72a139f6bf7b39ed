import { type Money, share, subtract } from './money';
import { addDays, type CalendarDate } from './stay-dates';

/**
 * When an item's price is collected. A hold lives days and a booking may live months, so where money is due at
 * check-in the hold is taken `holdDaysBefore` days before it, on a card saved at acceptance; a stay nearer than that
 * has its hold at once.
 */
export type PaymentPolicy =
  | { readonly kind: 'at-check-in'; readonly holdDaysBefore: number }
  | { readonly kind: 'prepaid' }
  /** `percent` of the price, 1 to 99, is taken before CONFIRMED and the rest at check-in. */
  | { readonly kind: 'deposit'; readonly percent: number; readonly holdDaysBefore: number };

/** Source: docs/payments.md; card networks let a hold live seven days. */
export const DEFAULT_PAYMENT_POLICY: PaymentPolicy = { kind: 'at-check-in', holdDaysBefore: 5 };

/** How one booking's price is collected: its item's policy, worked out for its price and dates. */
export interface PaymentPlan {
  /** Taken before CONFIRMED. Absent: nothing. */
  readonly upFront?: Money;
  /** When the hold for the rest is due, ISO 8601 UTC. A booking accepted later than that has it at once. */
  readonly holdAt: string;
  /** A hold older than this is taken anew. Absent: {@link HOLD_SECONDS}. */
  readonly holdSeconds?: number;
  /** How long another card may be given once the later hold is declined. Absent: {@link LATER_GRACE_SECONDS}. */
  readonly laterGraceSeconds?: number;
}

/** Six days: card networks let a hold live seven. Source: docs/payments.md */
export const HOLD_SECONDS = 6 * 86_400;

/**
 * A day, but never past check-in: months after booking nobody sits at the screen where a decline is shown, as they do
 * in the minutes after they gave their card.
 */
export const LATER_GRACE_SECONDS = 86_400;

/** How long a cardholder has at least to confirm a payment with their bank, whatever the item's grace period. */
export const CONFIRMATION_SECONDS = 900;

/** A part of the price that is authorized by itself. `up-front` is taken before CONFIRMED, the `stay`'s at check-in. */
export interface PaymentPart {
  readonly purpose: 'up-front' | 'stay';
  readonly amount: Money;
}

/** What of the terms says how the price is collected. */
export interface PaymentTerms {
  readonly payment?: PaymentPlan;
  readonly capture?: 'at-check-in' | 'before-confirmation';
}

/**
 * What is authorized when a booking is accepted.
 *
 * @param at milliseconds since the epoch
 */
export function partsAtAcceptance(price: Money, terms: PaymentTerms, at: number): PaymentPart[] {
  const upFront = upFrontOf(price, terms);
  const rest = subtract(price, upFront);
  const isDue = terms.payment === undefined || at >= Date.parse(terms.payment.holdAt);
  const parts: PaymentPart[] = [
    { purpose: 'up-front', amount: upFront },
    { purpose: 'stay', amount: isDue ? rest : { ...rest, amount: 0 } },
  ];
  return parts.filter(({ amount }) => amount.amount > 0);
}

/** What is taken before CONFIRMED; all of it where the terms say so and name no amount. */
export function upFrontOf(price: Money, { payment, capture }: PaymentTerms): Money {
  if (payment?.upFront) return payment.upFront;
  return capture === 'before-confirmation' ? price : { ...price, amount: 0 };
}

/**
 * Whether the card is kept with the provider, so that it can be charged when nobody is there. Not where all is paid
 * at once and the terms never change, as in travel, nor in bookings of the first release.
 */
export function keepsCard({ payment, capture }: PaymentTerms): boolean {
  return payment !== undefined && capture !== 'before-confirmation';
}

/**
 * @param start the first day of the stay
 * @param localMidnight turns a date of the item's calendar into the instant it begins
 */
export function paymentPlan(
  policy: PaymentPolicy,
  price: Money,
  start: CalendarDate,
  localMidnight: (date: CalendarDate) => string,
): PaymentPlan {
  switch (policy.kind) {
    case 'prepaid':
      return { upFront: price, holdAt: localMidnight(start) };
    case 'at-check-in':
      return { holdAt: localMidnight(addDays(start, -policy.holdDaysBefore)) };
    case 'deposit':
      return {
        upFront: share(price, policy.percent),
        holdAt: localMidnight(addDays(start, -policy.holdDaysBefore)),
      };
  }
}
