import { most } from './night-price';
import type { IncludedTax, QuoteLine } from './quote';
import type { Fee, RatePlan } from './rate-plan';
import { containedIn, shareOf } from './rounding';

/** What a stay is charged by besides the price of its nights. */
export interface StaySize {
  readonly nights: number;
  readonly guests: number;
  readonly quantity: number;
  readonly daysAhead: number;
}

/** The discounts on the nights, one after the other, each on what the one before it left. */
export function discounts(plan: RatePlan, roomTotal: number, { nights, daysAhead }: StaySize): QuoteLine[] {
  const long = most(
    plan.lengthOfStay.filter(({ minNights }) => nights >= minNights),
    ({ minNights }) => minNights,
  );
  const early = most(
    plan.earlyBird.filter((rule) => daysAhead >= rule.daysAhead),
    (rule) => rule.daysAhead,
  );
  const late = most(
    plan.lastMinute.filter((rule) => daysAhead <= rule.daysAhead),
    (rule) => -rule.daysAhead,
  );
  const lines: QuoteLine[] = [];
  let left = roomTotal;
  for (const [name, rule] of [
    ['length-of-stay', long],
    ['early-bird', early],
    ['last-minute', late],
  ] as const) {
    if (!rule) continue;
    const off = shareOf(left, rule.basisPoints);
    left -= off;
    // Not -0, which JSON and comparisons take for another number.
    lines.push({ kind: 'discount', name, basisPoints: rule.basisPoints, amount: 0 - off });
  }
  return lines;
}

export function extraGuests({ extraGuests: terms }: RatePlan, size: StaySize): QuoteLine[] {
  if (!terms) return [];
  const guests = size.guests - terms.included * size.quantity;
  if (guests <= 0) return [];
  const amount = guests * terms.perNight * size.nights;
  return [{ kind: 'extra-guests', guests, perNight: terms.perNight, amount }];
}

export function fees(plan: RatePlan, size: StaySize): QuoteLine[] {
  return plan.fees.map((fee) => {
    const { name, per, amount } = fee;
    return { kind: 'fee', name, per, amount: amount * timesOf(fee, size) };
  });
}

function timesOf({ per }: Fee, { nights, guests, quantity }: StaySize): number {
  switch (per) {
    case 'stay':
      return quantity;
    case 'night':
      return nights * quantity;
    case 'guest':
      return guests;
    case 'guest-night':
      return guests * nights;
  }
}

/** The taxes that come on top, each on everything charged before any of them. */
export function taxesOnTop({ taxes }: RatePlan, charged: number): QuoteLine[] {
  return taxes
    .filter(({ included }) => !included)
    .map(({ name, basisPoints }) => ({
      kind: 'tax',
      name,
      basisPoints,
      amount: shareOf(charged, basisPoints),
    }));
}

/** How much of what is charged is tax already. */
export function taxesIncluded({ taxes }: RatePlan, charged: number): IncludedTax[] {
  const included = taxes.filter((tax) => tax.included);
  const all = included.reduce((sum, { basisPoints }) => sum + basisPoints, 0);
  return included.map(({ name, basisPoints }) => ({
    name,
    basisPoints,
    amount: containedIn(charged, basisPoints, all),
  }));
}
