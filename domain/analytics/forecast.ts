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
  const leads = future.map(({ night }) => daysBetween(today, night));
  const pickUps = pickUpsAt(leads, today, past);
  return future.map(({ night, available, onTheBooks }, index) => {
    const pickUp = pickUps.get(leads[index] ?? 0) ?? null;
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

/**
 * The pick-up at each lead for which there is history enough. The leads are gone through from the shortest to the longest:
 * the longer, the more movements count and the fewer nights do. So each movement is added once and taken away at most once,
 * instead of being looked at for each night to come.
 */
function pickUpsAt(
  leads: readonly number[],
  today: CalendarDate,
  { movements, booksSince }: Past,
): ReadonlyMap<number, PickUp> {
  const pickUps = new Map<number, PickUp>();
  if (booksSince === null) return pickUps;
  const coming = movements.filter(({ night }) => night < today).sort((a, b) => a.lead - b.lead);
  const counted = new SumsByNight();
  let next = 0;
  for (const lead of [...new Set(leads)].sort((a, b) => a - b)) {
    // A night tells something of this distance only if its books were kept that early.
    const first = latest(addDays(today, -HISTORY_NIGHTS), addDays(booksSince, lead));
    const nights = daysBetween(first, today);
    if (nights < LEAST_HISTORY_NIGHTS) break;
    for (let movement = coming[next]; movement && movement.lead <= lead; movement = coming[next]) {
      counted.add(movement);
      next += 1;
    }
    const { sold, revenue } = counted.since(first);
    pickUps.set(lead, { nights, sold: sold / nights, revenue: revenue / nights });
  }
  return pickUps;
}

/** The sum over nights from a first one on, which only ever gets later. Of whole numbers, so nothing is lost by taking away. */
class SumsByNight {
  private readonly byNight = new Map<CalendarDate, Nights>();
  private sum: Nights = { sold: 0, revenue: 0 };

  add({ night, ...change }: Movement): void {
    this.byNight.set(night, plus(this.byNight.get(night) ?? { sold: 0, revenue: 0 }, change, 1));
    this.sum = plus(this.sum, change, 1);
  }

  since(first: CalendarDate): Nights {
    // HISTORY_NIGHTS of them at most, besides those before the first time.
    for (const [night, passed] of this.byNight) {
      if (night >= first) continue;
      this.byNight.delete(night);
      this.sum = plus(this.sum, passed, -1);
    }
    return this.sum;
  }
}

function plus(a: Nights, b: Nights, times: 1 | -1): Nights {
  return { sold: a.sold + times * b.sold, revenue: a.revenue + times * b.revenue };
}

function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return countNights({ start: from, end: to });
}

function latest(a: CalendarDate, b: CalendarDate): CalendarDate {
  return a > b ? a : b;
}
