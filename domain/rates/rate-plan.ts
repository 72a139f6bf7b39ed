import type { Money } from '../money';
import type { CalendarDate } from '../stay-dates';

/*
 * A rate plan as data. Amounts are minor units of the plan's currency, shares are basis points (hundredths of a
 * percent), so that nothing here is a fraction. docs/rates.md says in which order its parts apply.
 */

/** The plan of whoever names none, and the one that an item has without its owner's doing. */
export const STANDARD_PLAN = 'STANDARD';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Another price for a night, or a change of the one it has: 1500 is 15 % more, -1000 is 10 % less. */
export type NightRate = { readonly price: number } | { readonly changeBasisPoints: number };

/** The nights of `[from, to)`. Where seasons overlap, the one of the higher priority counts. */
export type Season = NightRate & {
  readonly name: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly priority: number;
};

/** Of several that a stay is long enough for, the one of the most nights counts. */
export interface LengthOfStayDiscount {
  readonly minNights: number;
  readonly basisPoints: number;
}

/** For who books early, `daysAhead` or more, or late, `daysAhead` or fewer: the nearest to the stay's own counts. */
export interface LeadDiscount {
  readonly daysAhead: number;
  readonly basisPoints: number;
}

/** The first `included` guests of each unit are in the price. */
export interface ExtraGuests {
  readonly included: number;
  readonly perNight: number;
}

/** `stay` and `night` count for each unit, `guest` and `guest-night` for each person. */
export const FEE_UNITS = ['stay', 'night', 'guest', 'guest-night'] as const;
export type FeeUnit = (typeof FEE_UNITS)[number];

export interface Fee {
  readonly name: string;
  readonly amount: number;
  readonly per: FeeUnit;
}

/** Included taxes are in every amount of the plan already and only shown; the others come on top. */
export interface Tax {
  readonly name: string;
  readonly basisPoints: number;
  readonly included: boolean;
}

/** Of several that a night is full enough for, the one of the highest threshold counts. */
export interface OccupancyRule {
  /** Share of the capacity, overbooking not counted, that is blocked for the night. */
  readonly atLeastBasisPoints: number;
  readonly changeBasisPoints: number;
}

/** Of several that are near enough, the one of the fewest days counts. */
export interface LeadTimeRule {
  readonly atMostDays: number;
  readonly changeBasisPoints: number;
}

/** What an owner lays down for a plan. */
export interface PlanTerms {
  /** ISO 4217; the plan prices its item only while that is sold in the same. */
  readonly currency: string;
  /** For people. */
  readonly name?: string;
  /** One night of one unit. Absent: the item's own nightly price. */
  readonly basePrice?: number;
  readonly seasons: readonly Season[];
  readonly weekdays: Readonly<Partial<Record<Weekday, NightRate>>>;
  readonly lengthOfStay: readonly LengthOfStayDiscount[];
  readonly earlyBird: readonly LeadDiscount[];
  readonly lastMinute: readonly LeadDiscount[];
  readonly extraGuests?: ExtraGuests;
  readonly fees: readonly Fee[];
  readonly taxes: readonly Tax[];
  readonly occupancy: readonly OccupancyRule[];
  readonly leadTime: readonly LeadTimeRule[];
  /** Between these, both included, the price of one night of one unit stays, whatever the rules say. */
  readonly floor?: number;
  readonly ceiling?: number;
}

/** A plan that stays can be priced by: its terms, worked out for its item. */
export interface RatePlan extends PlanTerms {
  readonly code: string;
  /** Rises with every change of the plan; 0 is the plan that an item has without its owner's doing. */
  readonly version: number;
  readonly basePrice: number;
}

const NO_RULES: Omit<PlanTerms, 'currency'> = {
  seasons: [],
  weekdays: {},
  lengthOfStay: [],
  earlyBird: [],
  lastMinute: [],
  fees: [],
  taxes: [],
  occupancy: [],
  leadTime: [],
};

/** The plan of an item whose owner has laid down none: its nightly price, tax included, every night. */
export function implicitPlan(nightlyPrice: Money): RatePlan {
  const terms = { ...NO_RULES, currency: nightlyPrice.currency };
  return ratePlan(STANDARD_PLAN, 0, terms, nightlyPrice);
}

/** A plan as its owner laid it down, for an item of this nightly price, which is in the plan's currency. */
export function ratePlan(code: string, version: number, terms: PlanTerms, nightlyPrice: Money): RatePlan {
  const { basePrice = nightlyPrice.amount } = terms;
  return { ...terms, code, version, basePrice };
}
