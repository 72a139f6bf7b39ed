import { addDays, type CalendarDate, countNights } from '../stay-dates';

/** How far back the pick-up is looked at, nights. */
export const HISTORY_NIGHTS = 180;
/** Below so many nights of the past there is no telling what is still to come. */
export const LEAST_HISTORY_NIGHTS = 28;

/** Item nights and their revenue, minor units. */
export interface Nights {
  readonly sold: number;
  readonly revenue: number;
}

/**
 * What the books of a past night still gained, or with a minus lost, seen from `lead` days before it or from any day before
 * that. From closer on, the books had it already.
 */
export interface Movement extends Nights {
  readonly night: CalendarDate;
  /** Days before the night. */
  readonly lead: number;
}

export interface FutureNight {
  readonly night: CalendarDate;
  readonly available: number;
  readonly onTheBooks: Nights;
}

export interface Past {
  readonly movements: readonly Movement[];
  /** The first day the books were kept on; null where nothing was ever sold. */
  readonly booksSince: CalendarDate | null;
}

/** Mean of what the nights of the past still gained, or lost, after the day that is as far ahead of them as today. */
export interface PickUp extends Nights {
  /** How many nights of the past it is the mean of. */
  readonly nights: number;
}

export interface ForecastNight {
  readonly night: CalendarDate;
  readonly available: number;
  readonly onTheBooks: Nights;
  /** Null where there is too little history: then the forecast is what is on the books. */
  readonly pickUp: PickUp | null;
  readonly forecast: Nights & { readonly occupancy: number | null };
}

/**
 * What each night to come will probably bring: what is on the books, and what nights of the past still gained from the
 * same distance on. Never less than nothing, and of nights never more than are available, unless more are sold already.
 */
export function forecast(
  today: CalendarDate,
  future: readonly FutureNight[],
  past: Past,
): readonly ForecastNight[] {
  return future.map(({ night, available, onTheBooks }) => {
    const pickUp = pickUpAt(daysBetween(today, night), today, past);
    const most = Math.max(available, onTheBooks.sold);
    const sold = Math.min(most, Math.max(0, onTheBooks.sold + (pickUp?.sold ?? 0)));
    // Where the house fills up, what does not fit in brings nothing.
    const fits = pickUp && pickUp.sold > 0 ? (sold - onTheBooks.sold) / pickUp.sold : 1;
    const revenue = Math.max(0, Math.round(onTheBooks.revenue + (pickUp?.revenue ?? 0) * fits));
    const occupancy = available === 0 ? null : Number((sold / available).toFixed(4));
    return {
      ...{ night, available, onTheBooks, pickUp },
      forecast: { sold: Number(sold.toFixed(2)), revenue, occupancy },
    };
  });
}

function pickUpAt(lead: number, today: CalendarDate, { movements, booksSince }: Past): PickUp | null {
  if (booksSince === null) return null;
  // A night tells something of this distance only if its books were kept that early.
  const first = latest(addDays(today, -HISTORY_NIGHTS), addDays(booksSince, lead));
  const nights = daysBetween(first, today);
  if (nights < LEAST_HISTORY_NIGHTS) return null;
  let sold = 0;
  let revenue = 0;
  for (const movement of movements) {
    if (movement.lead > lead || movement.night < first || movement.night >= today) continue;
    sold += movement.sold;
    revenue += movement.revenue;
  }
  return { nights, sold: sold / nights, revenue: revenue / nights };
}

function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return countNights({ start: from, end: to });
}

function latest(a: CalendarDate, b: CalendarDate): CalendarDate {
  return a > b ? a : b;
}
