/**
 * What is counted over a span of days, of one group of items and in one currency. Money in minor units.
 * docs/analytics.md says exactly what each counts.
 */
export const TALLIES = [
  'requests',
  'decided',
  'converted',
  'bookings',
  'cancellations',
  'noShows',
  'leads',
  'leadDays',
  'stays',
  'stayNights',
  'available',
  'sold',
  'revenue',
  'captured',
  'refunded',
] as const;
export type Tally = (typeof TALLIES)[number];
export type Tallies = Readonly<Record<Tally, number>>;

export const NOTHING_COUNTED = Object.fromEntries(TALLIES.map((tally) => [tally, 0])) as Record<
  Tally,
  number
>;

/** What follows from the tallies. Null where there is nothing to divide by: no figure is not the figure 0. */
export interface Ratios {
  /** Of the requests that are decided, the share that was confirmed. */
  readonly conversion: number | null;
  /** Sold of available item nights; above 1 where more are sold than there are. */
  readonly occupancy: number | null;
  /** Revenue of a sold item night, minor units. */
  readonly averageRate: number | null;
  /** Revenue of an available item night, minor units. */
  readonly revenuePerAvailable: number | null;
  /** Days from the request to the arrival. */
  readonly leadTime: number | null;
  /** Nights. */
  readonly lengthOfStay: number | null;
}

export function ratiosOf(counted: Tallies): Ratios {
  return {
    conversion: ratio(counted.converted, counted.decided, 4),
    occupancy: ratio(counted.sold, counted.available, 4),
    averageRate: ratio(counted.revenue, counted.sold, 0),
    revenuePerAvailable: ratio(counted.revenue, counted.available, 0),
    leadTime: ratio(counted.leadDays, counted.leads, 2),
    lengthOfStay: ratio(counted.stayNights, counted.stays, 2),
  };
}

/** By how much a figure changed against what it was; null where it was nothing. */
export function changeOf(before: number | null, now: number | null): number | null {
  if (before === null || now === null || before === 0) return null;
  return rounded((now - before) / Math.abs(before), 4);
}

function ratio(part: number, whole: number, digits: number): number | null {
  return whole === 0 ? null : rounded(part / whole, digits);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
