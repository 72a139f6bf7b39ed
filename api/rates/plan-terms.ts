import type { Item } from '../../domain/item';
import { BadAmount, formatMoney, fromDecimal } from '../../domain/money';
import { planTroubles } from '../../domain/rates/plan-rules';
import type { NightRate, PlanTerms } from '../../domain/rates/rate-plan';
import { type FieldError, fieldProblem } from '../http/validate';
import type { SentPlan, SentRate } from './fields';

const basisPoints = (percent: number) => Math.round(percent * 100);

/**
 * A plan that was sent, as the domain knows it.
 * @param at where in the request the plan is, for the names of its fields
 * @throws {Problem} `invalid-request` naming every field that keeps it from being laid down
 */
export function planTermsOf(sent: SentPlan, item: Item, at: string): PlanTerms {
  const { amount: nightly, currency } = item.nightlyPrice;
  const errors: FieldError[] = [];
  const money = (field: string, decimal: number): number => {
    try {
      return fromDecimal(decimal, currency).amount;
    } catch (error) {
      if (!(error instanceof BadAmount)) throw error;
      errors.push({ field: `${at}.${field}`, message: error.message });
      return 0;
    }
  };
  const terms = { currency, ...readTerms(sent, money) };
  if (errors.length === 0) {
    const shown = (amount: number) => formatMoney({ amount, currency });
    const troubles = planTroubles(terms, nightly, shown);
    errors.push(...troubles.map(({ field, message }) => ({ field: `${at}.${field}`, message })));
  }
  if (errors.length > 0) throw fieldProblem('invalid-request', errors);
  return terms;
}

function readTerms(
  sent: SentPlan,
  money: (field: string, decimal: number) => number,
): Omit<PlanTerms, 'currency'> {
  const rate = (field: string, { price, percent }: SentRate): NightRate =>
    price === undefined
      ? { changeBasisPoints: basisPoints(percent ?? 0) }
      : { price: money(`${field}.price`, price) };
  const { name, basePrice, extraGuests, floor, ceiling } = sent;
  return {
    ...(name !== undefined && { name }),
    ...(basePrice !== undefined && { basePrice: money('basePrice', basePrice) }),
    seasons: sent.seasons.map((season, n) => ({
      ...rate(`seasons.${n}`, season),
      ...{ name: season.name, from: season.from, to: season.to, priority: season.priority },
    })),
    weekdays: Object.fromEntries(
      Object.entries(sent.weekdays).map(([day, one]) => [day, rate(`weekdays.${day}`, one)]),
    ),
    lengthOfStay: sent.lengthOfStay.map(({ minNights, percent }) => ({
      minNights,
      basisPoints: basisPoints(percent),
    })),
    earlyBird: sent.earlyBird.map(leadDiscount),
    lastMinute: sent.lastMinute.map(leadDiscount),
    ...(extraGuests && {
      extraGuests: {
        included: extraGuests.included,
        perNight: money('extraGuests.perNight', extraGuests.perNight),
      },
    }),
    fees: sent.fees.map((fee, n) => ({ ...fee, amount: money(`fees.${n}.amount`, fee.amount) })),
    taxes: sent.taxes.map(({ percent, ...tax }) => ({ ...tax, basisPoints: basisPoints(percent) })),
    occupancy: sent.dynamic.occupancy.map(({ atLeastPercent, percent }) => ({
      atLeastBasisPoints: basisPoints(atLeastPercent),
      changeBasisPoints: basisPoints(percent),
    })),
    leadTime: sent.dynamic.leadTime.map(({ atMostDays, percent }) => ({
      atMostDays,
      changeBasisPoints: basisPoints(percent),
    })),
    ...(floor !== undefined && { floor: money('floor', floor) }),
    ...(ceiling !== undefined && { ceiling: money('ceiling', ceiling) }),
  };
}

function leadDiscount({ daysAhead, percent }: { daysAhead: number; percent: number }) {
  return { daysAhead, basisPoints: basisPoints(percent) };
}
