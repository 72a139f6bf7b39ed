import { type NightRate, type PlanTerms, type Season, WEEKDAYS } from './rate-plan';

/** What keeps a plan from being laid down: where, and what to do about it. */
export interface PlanTrouble {
  /** Path within the plan: `seasons.1.from`. */
  readonly field: string;
  readonly message: string;
}

/**
 * Everything that a plan's own words leave open: rules of which two would count at once, and prices that its floor and
 * ceiling would never let stand.
 * @param basePrice what a night costs where the plan has no base price of its own, minor units
 * @param shown how an amount is written for people
 */
export function planTroubles(
  terms: PlanTerms,
  basePrice: number,
  shown: (amount: number) => string,
): PlanTrouble[] {
  return [
    ...seasonTroubles(terms.seasons),
    ...twice('lengthOfStay', 'minNights', terms.lengthOfStay, ({ minNights }) => minNights),
    ...twice('earlyBird', 'daysAhead', terms.earlyBird, ({ daysAhead }) => daysAhead),
    ...twice('lastMinute', 'daysAhead', terms.lastMinute, ({ daysAhead }) => daysAhead),
    ...twice('dynamic.occupancy', 'atLeastPercent', terms.occupancy, (rule) => rule.atLeastBasisPoints / 100),
    ...twice('dynamic.leadTime', 'atMostDays', terms.leadTime, ({ atMostDays }) => atMostDays),
    ...twice('fees', 'name', terms.fees, ({ name }) => name),
    ...twice('taxes', 'name', terms.taxes, ({ name }) => name),
    ...boundTroubles(terms, basePrice, shown),
  ];
}

function seasonTroubles(seasons: readonly Season[]): PlanTrouble[] {
  return seasons.flatMap((season, n) => {
    const { from, to, priority } = season;
    if (to <= from) {
      return [
        { field: `seasons.${n}.to`, message: `${to} is not after ${from}; it is the first night after` },
      ];
    }
    const other = seasons.slice(0, n).find((earlier) => {
      return earlier.priority === priority && earlier.from < to && from < earlier.to;
    });
    if (!other) return [];
    const where = `${other.name} of ${other.from} to ${other.to}`;
    const message = `overlaps with ${where}; give one of the two a higher priority, or move it`;
    return [{ field: `seasons.${n}.priority`, message }];
  });
}

/** Of two rules with one threshold nobody could say which counts. */
function twice<Rule>(
  list: string,
  key: string,
  rules: readonly Rule[],
  of: (rule: Rule) => string | number,
): PlanTrouble[] {
  return rules.flatMap((rule, n) => {
    const first = rules.findIndex((other) => of(other) === of(rule));
    if (first === n) return [];
    return [{ field: `${list}.${n}.${key}`, message: `${of(rule)} is there twice; leave one of them out` }];
  });
}

function boundTroubles(
  { floor, ceiling, seasons, weekdays, ...terms }: PlanTerms,
  nightlyPrice: number,
  shown: (amount: number) => string,
): PlanTrouble[] {
  if (floor !== undefined && ceiling !== undefined && floor > ceiling) {
    return [{ field: 'ceiling', message: `${shown(ceiling)} is below the floor of ${shown(floor)}` }];
  }
  const priceOf = (rate: NightRate | undefined) => (rate && 'price' in rate ? rate.price : undefined);
  const prices: [string, number | undefined][] = [
    ['basePrice', terms.basePrice ?? nightlyPrice],
    ...seasons.map((season, n): [string, number | undefined] => [`seasons.${n}.price`, priceOf(season)]),
    ...WEEKDAYS.map((day): [string, number | undefined] => [`weekdays.${day}.price`, priceOf(weekdays[day])]),
  ];
  return prices.flatMap(([field, price]) => {
    if (price === undefined) return [];
    if (floor !== undefined && price < floor) {
      return [{ field, message: `${shown(price)} is below the floor of ${shown(floor)}` }];
    }
    if (ceiling !== undefined && price > ceiling) {
      return [{ field, message: `${shown(price)} is above the ceiling of ${shown(ceiling)}` }];
    }
    return [];
  });
}
