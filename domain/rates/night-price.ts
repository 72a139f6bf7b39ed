import { asMidnightUtc, type CalendarDate } from '../stay-dates';
import type { AppliedRule } from './quote';
import { type NightRate, type RatePlan, type Season, WEEKDAYS, type Weekday } from './rate-plan';
import { changedBy } from './rounding';

/** What a night's price depends on besides its plan. */
export interface NightCircumstances {
  /** Whole days from today, where the item is, to the first day of the stay. */
  readonly daysAhead: number;
  /** Share of the item's capacity that is blocked for this night. */
  readonly occupancyBasisPoints: number;
}

export interface NightPrice {
  readonly price: number;
  readonly applied: readonly AppliedRule[];
}

/**
 * The price of one night of one unit. It starts at the season's price, else the weekday's, else the base price; is
 * changed by the season, the weekday, the occupancy and the lead time; is rounded; and is held within floor and ceiling.
 */
export function nightPrice(
  plan: RatePlan,
  date: CalendarDate,
  circumstances: NightCircumstances,
): NightPrice {
  const applied: AppliedRule[] = [];
  const changes: number[] = [];
  let start = plan.basePrice;
  const weekday = weekdayOf(date);
  const season = seasonOf(plan, date);
  const rates: [AppliedRule['rule'], string, NightRate | undefined][] = [
    ['season', season?.name ?? '', season],
    ['weekday', weekday, plan.weekdays[weekday]],
  ];
  const seasonSetsPrice = season !== undefined && 'price' in season;
  for (const [rule, name, rate] of rates) {
    if (rate === undefined) continue;
    if ('changeBasisPoints' in rate) {
      changes.push(rate.changeBasisPoints);
      applied.push({ rule, name, changeBasisPoints: rate.changeBasisPoints });
    } else if (rule === 'season' || !seasonSetsPrice) {
      start = rate.price;
      applied.push({ rule, name, price: rate.price });
    }
  }
  for (const [rule, change] of dynamicChanges(plan, circumstances)) {
    changes.push(change);
    applied.push({ rule, changeBasisPoints: change });
  }
  return within(plan, changedBy(start, changes), applied);
}

/** The season that counts for a night. Overlapping ones of one priority are refused when the plan is laid down. */
function seasonOf(plan: RatePlan, date: CalendarDate): Season | undefined {
  return most(
    plan.seasons.filter(({ from, to }) => from <= date && date < to),
    ({ priority }) => priority,
  );
}

function* dynamicChanges(
  plan: RatePlan,
  { occupancyBasisPoints, daysAhead }: NightCircumstances,
): Generator<['occupancy' | 'lead-time', number]> {
  const full = most(
    plan.occupancy.filter(({ atLeastBasisPoints }) => occupancyBasisPoints >= atLeastBasisPoints),
    ({ atLeastBasisPoints }) => atLeastBasisPoints,
  );
  if (full) yield ['occupancy', full.changeBasisPoints];
  const near = most(
    plan.leadTime.filter(({ atMostDays }) => daysAhead <= atMostDays),
    ({ atMostDays }) => -atMostDays,
  );
  if (near) yield ['lead-time', near.changeBasisPoints];
}

function within({ floor, ceiling }: RatePlan, price: number, applied: AppliedRule[]): NightPrice {
  if (floor !== undefined && price < floor) {
    return { price: floor, applied: [...applied, { rule: 'floor', price: floor }] };
  }
  if (ceiling !== undefined && price > ceiling) {
    return { price: ceiling, applied: [...applied, { rule: 'ceiling', price: ceiling }] };
  }
  return { price, applied };
}

/** The first of those with the highest measure; undefined of none. */
export function most<Rule>(rules: readonly Rule[], measure: (rule: Rule) => number): Rule | undefined {
  return rules.reduce<Rule | undefined>(
    (best, rule) => (best === undefined || measure(rule) > measure(best) ? rule : best),
    undefined,
  );
}

function weekdayOf(date: CalendarDate): Weekday {
  // getUTCDay counts from Sunday.
  const day = (new Date(asMidnightUtc(date)).getUTCDay() + 6) % 7;
  return WEEKDAYS[day] ?? 'monday';
}
