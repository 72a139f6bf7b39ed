import { toDecimal } from '../money';
import type { AppliedRule, IncludedTax, QuoteItems, QuoteLine } from './quote';
import type { NightRate, PlanTerms } from './rate-plan';

/*
 * Plans and quotes as they go over the wire, in answers and in messages alike: amounts are decimal numbers of the
 * currency, shares are percent.
 */
const percentOf = (basisPoints: number) => basisPoints / 100;

/** A plan's terms in the words in which its owner sent them. */
export function shownTerms(terms: PlanTerms) {
  const { currency } = terms;
  const money = (amount: number) => toDecimal({ amount, currency });
  const rate = (one: NightRate) =>
    'price' in one ? { price: money(one.price) } : { percent: percentOf(one.changeBasisPoints) };
  const { name, basePrice, extraGuests, floor, ceiling } = terms;
  return {
    currency,
    ...(name !== undefined && { name }),
    ...(basePrice !== undefined && { basePrice: money(basePrice) }),
    seasons: terms.seasons.map((season) => {
      const { from, to, priority } = season;
      return { name: season.name, from, to, ...rate(season), priority };
    }),
    weekdays: Object.fromEntries(Object.entries(terms.weekdays).map(([day, one]) => [day, rate(one)])),
    lengthOfStay: terms.lengthOfStay.map(({ minNights, basisPoints }) => ({
      minNights,
      percent: percentOf(basisPoints),
    })),
    earlyBird: terms.earlyBird.map(leadDiscount),
    lastMinute: terms.lastMinute.map(leadDiscount),
    ...(extraGuests && {
      extraGuests: { included: extraGuests.included, perNight: money(extraGuests.perNight) },
    }),
    fees: terms.fees.map((fee) => ({ name: fee.name, amount: money(fee.amount), per: fee.per })),
    taxes: terms.taxes.map(({ basisPoints, ...tax }) => ({ ...tax, percent: percentOf(basisPoints) })),
    dynamic: {
      occupancy: terms.occupancy.map(({ atLeastBasisPoints, changeBasisPoints }) => ({
        atLeastPercent: percentOf(atLeastBasisPoints),
        percent: percentOf(changeBasisPoints),
      })),
      leadTime: terms.leadTime.map(({ atMostDays, changeBasisPoints }) => ({
        atMostDays,
        percent: percentOf(changeBasisPoints),
      })),
    },
    ...(floor !== undefined && { floor: money(floor) }),
    ...(ceiling !== undefined && { ceiling: money(ceiling) }),
  };
}

function leadDiscount({ daysAhead, basisPoints }: { daysAhead: number; basisPoints: number }) {
  return { daysAhead, percent: percentOf(basisPoints) };
}

/** What a total is made of. */
export function shownItems({ lines, includedTaxes }: QuoteItems, currency: string) {
  return {
    lines: lines.map((line) => shownLine(line, currency)),
    includedTaxes: includedTaxes.map((tax) => shownTax(tax, currency)),
  };
}

function shownLine(line: QuoteLine, currency: string) {
  const amount = toDecimal({ amount: line.amount, currency });
  switch (line.kind) {
    case 'night': {
      const unitPrice = toDecimal({ amount: line.unitPrice, currency });
      const applied = line.applied.map((rule) => shownRule(rule, currency));
      return { kind: line.kind, date: line.date, amount, unitPrice, applied };
    }
    case 'discount':
      return { kind: line.kind, name: line.name, percent: percentOf(line.basisPoints), amount };
    case 'tax':
      return { kind: line.kind, name: line.name, percent: percentOf(line.basisPoints), amount };
    case 'extra-guests': {
      const perNight = toDecimal({ amount: line.perNight, currency });
      return { kind: line.kind, guests: line.guests, perNight, amount };
    }
    case 'fee':
      return { kind: line.kind, name: line.name, per: line.per, amount };
  }
}

/** A rule that a price comes from. */
export function shownRule({ rule, name, price, changeBasisPoints }: AppliedRule, currency: string) {
  return {
    rule,
    ...(name !== undefined && { name }),
    ...(price !== undefined && { price: toDecimal({ amount: price, currency }) }),
    ...(changeBasisPoints !== undefined && { percent: percentOf(changeBasisPoints) }),
  };
}

function shownTax({ name, basisPoints, amount }: IncludedTax, currency: string) {
  return { name, percent: percentOf(basisPoints), amount: toDecimal({ amount, currency }) };
}
