import { type Money, share } from './money';
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
