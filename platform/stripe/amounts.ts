import { type Money, minorDigits } from '../../domain/money';

/*
 * Stripe counts an amount in "the smallest unit", which is not always the minor unit of ISO 4217 that we count in.
 * Source: docs.stripe.com/currencies, "Zero-decimal", "Three-decimal" and "Special cases", read November 2026.
 */

/** Decimals of Stripe's amounts, where they are not those of ISO 4217. */
const DECIMALS: Readonly<Record<string, number>> = {
  // Without decimals since 2023 and 1987, but still sent as if they had two, which must be 00: 5 ISK is 500.
  ISK: 2,
  UGX: 2,
  // In fifths, which ISO 4217 writes with two decimals; Stripe takes whole ones only.
  MGA: 0,
};

/** Currencies of three decimals whose last one must be 0 at Stripe: 5.124 KWD cannot be charged, 5.120 can. */
const LAST_DIGIT_ZERO: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** Stripe refuses amounts of more digits. Source: docs.stripe.com/currencies, "Minimum and maximum charge amounts". */
const MOST = 99_999_999;

/** An amount that Stripe cannot move in this currency, however often it is asked. */
export class UnsupportedAmount extends Error {
  override readonly name = 'UnsupportedAmount';
}

/** An amount in Stripe's words. */
export interface StripeAmount {
  readonly amount: number;
  /** In lower case, as Stripe wants it. */
  readonly currency: string;
}

/**
 * @throws {UnsupportedAmount} for a fraction that Stripe does not know, and for more than eight digits. It is never
 *   rounded: what is taken must be what was agreed.
 */
export function stripeAmount({ amount, currency }: Money): StripeAmount {
  const shifted = moved(amount, shiftOf(currency));
  if (!Number.isSafeInteger(shifted)) {
    throw new UnsupportedAmount(`Stripe takes only whole amounts of ${currency}`);
  }
  if (LAST_DIGIT_ZERO.has(currency) && shifted % 10 !== 0) {
    throw new UnsupportedAmount(`the third decimal of an amount of ${currency} must be 0 at Stripe`);
  }
  if (shifted > MOST) throw new UnsupportedAmount('Stripe moves at most eight digits at a time');
  return { amount: shifted, currency: currency.toLowerCase() };
}

/** An amount that Stripe tells of, in our words. */
export function moneyOf({ amount, currency }: StripeAmount): Money {
  const ours = currency.toUpperCase();
  return { amount: moved(amount, -shiftOf(ours)), currency: ours };
}

/** How many more decimals Stripe's amounts have than ours. */
function shiftOf(currency: string): number {
  return (DECIMALS[currency] ?? minorDigits(currency)) - minorDigits(currency);
}

function moved(amount: number, digits: number): number {
  return digits >= 0 ? amount * 10 ** digits : amount / 10 ** -digits;
}
