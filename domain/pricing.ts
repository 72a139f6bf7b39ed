import type { Money } from './money';
import { discounts, extraGuests, fees, taxesIncluded, taxesOnTop } from './rates/charges';
import { nightPrice } from './rates/night-price';
import type { Quote, QuoteItems, QuoteLine } from './rates/quote';
import type { RatePlan } from './rates/rate-plan';
import { averageOf } from './rates/rounding';
import { type CalendarDate, countNights, nightsOf, type Stay } from './stay-dates';

export type { Quote };

/** What a price depends on besides plan, stay, guests and quantity. */
export interface RateCircumstances {
  /** Whole days from today, where the item is, to the first day of the stay. */
  readonly daysAhead: number;
  /** By night, the share of the item's capacity that is blocked, basis points. A night not named has none. */
  readonly occupancy?: ReadonlyMap<CalendarDate, number>;
}

/**
 * The one way to price a stay: `quantity` units of what `plan` is for, for `guests` in all.
 *
 * Nights; the discounts on them; extra guests; fees; taxes that come on top, in this order. docs/rates.md has it with
 * examples. The total is the sum of the lines and never negative.
 */
export function quoteStay(
  plan: RatePlan,
  stay: Stay,
  guests: number,
  quantity: number,
  { daysAhead, occupancy }: RateCircumstances,
): Quote {
  const size = { nights: countNights(stay), guests, quantity, daysAhead };
  const rooms = nightsOf(stay).map((date): QuoteLine => {
    const occupancyBasisPoints = occupancy?.get(date) ?? 0;
    const { price, applied } = nightPrice(plan, date, { daysAhead, occupancyBasisPoints });
    return { kind: 'night', date, unitPrice: price, amount: price * quantity, applied };
  });
  const untaxed = [
    ...rooms,
    ...discounts(plan, sumOf(rooms), size),
    ...extraGuests(plan, size),
    ...fees(plan, size),
  ];
  const lines = [...untaxed, ...taxesOnTop(plan, sumOf(untaxed))];
  const { currency } = plan;
  return {
    plan: plan.code,
    planVersion: plan.version,
    nights: size.nights,
    guests,
    quantity,
    nightlyPrice: { amount: averageOf(sumOf(rooms), Math.max(1, size.nights * quantity)), currency },
    lines,
    includedTaxes: taxesIncluded(plan, sumOf(untaxed)),
    total: { amount: sumOf(lines), currency },
  };
}

/**
 * What a price is made of where its quote was not kept: of bookings of earlier releases, and of items without a plan,
 * whose nights all cost the same. What does not divide is with the last night.
 */
export function evenNights(price: Money, stay: Stay, quantity: number): QuoteItems {
  const dates = nightsOf(stay);
  const each = Math.floor(price.amount / dates.length);
  const rest = price.amount - each * dates.length;
  return {
    includedTaxes: [],
    lines: dates.map((date, night) => {
      const amount = night === dates.length - 1 ? each + rest : each;
      return { kind: 'night', date, amount, unitPrice: averageOf(amount, quantity), applied: [] };
    }),
  };
}

function sumOf(lines: readonly QuoteLine[]): number {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}
