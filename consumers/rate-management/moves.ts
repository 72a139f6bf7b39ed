import { nightPrice } from '../../domain/rates/night-price';
import type { AppliedRule } from '../../domain/rates/quote';
import type { RatePlan } from '../../domain/rates/rate-plan';
import { type CalendarDate, countNights } from '../../domain/stay-dates';

const WHOLE = 10_000;

/** A night, what is taken of it, and what a review last said it costs; minor units. */
export interface ReviewedNight {
  readonly night: CalendarDate;
  readonly taken: number;
  /** Overbooking not counted. */
  readonly capacity: number;
  /** Absent: no review of this version of the plan has told it. */
  readonly told?: number;
}

/** A night that costs another price than was told. */
export interface Move {
  readonly night: CalendarDate;
  readonly before: number;
  readonly after: number;
  readonly occupancyBasisPoints: number;
  /** What the price comes from now. */
  readonly applied: readonly AppliedRule[];
}

/**
 * The nights that cost another price now than was last told: by a review, else by the owner who laid the plan down,
 * whose price is that of an empty night in a far future, before any dynamic rule.
 * @param today where the item is
 */
export function movedNights(plan: RatePlan, nights: readonly ReviewedNight[], today: CalendarDate): Move[] {
  return nights.flatMap(({ night, taken, capacity, told }) => {
    const occupancyBasisPoints = Math.floor((taken * WHOLE) / Math.max(1, capacity));
    // A stay that begins with this very night: how near that is, the lead-time rules go by.
    const daysAhead = countNights({ start: today, end: night });
    const { price: after, applied } = nightPrice(plan, night, { daysAhead, occupancyBasisPoints });
    const before = told ?? laidDown(plan, night);
    return before === after ? [] : [{ night, before, after, occupancyBasisPoints, applied }];
  });
}

function laidDown(plan: RatePlan, night: CalendarDate): number {
  return nightPrice(plan, night, { daysAhead: Number.POSITIVE_INFINITY, occupancyBasisPoints: 0 }).price;
}
