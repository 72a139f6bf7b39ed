import type { ItemId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import { quoteStay } from '../../domain/pricing';
import type { Quote } from '../../domain/rates/quote';
import type { RatePlan } from '../../domain/rates/rate-plan';
import { localDate } from '../../domain/stay-clock';
import { type CalendarDate, countNights, type Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import type { GoneNight } from '../bookings/checks';

const WHOLE = 10_000;

/** A stay that is to be priced. */
export interface Stayers {
  readonly stay: Stay;
  readonly guests: number;
  readonly quantity: number;
}

/** What the stay costs now, by this plan. Reads the calendar only where the plan goes by it. */
export async function priceNow(
  database: Database,
  item: Item,
  plan: RatePlan,
  stayers: Stayers,
  now: Date,
): Promise<Quote> {
  const sold = plan.occupancy.length > 0 ? await readSold(database, item.id, stayers.stay) : [];
  return priceBy(item, plan, stayers, now, sold);
}

/** The same by what is known of the calendar. */
export function priceBy(
  item: Item,
  plan: RatePlan,
  { stay, guests, quantity }: Stayers,
  now: Date,
  sold: readonly SoldNight[],
): Quote {
  const daysAhead = countNights({ start: localDate(now, item.timeZone), end: stay.start });
  const occupancy = new Map(
    sold.map(({ night, blocked, capacity }) => [
      night,
      Math.floor((blocked * WHOLE) / Math.max(1, capacity)),
    ]),
  );
  return quoteStay(plan, stay, guests, quantity, { daysAhead, occupancy });
}

/** A night that has a row in the calendar: some of it is sold, or its owner touched it. */
export interface SoldNight {
  readonly night: CalendarDate;
  readonly blocked: number;
  /** Overbooking not counted. */
  readonly capacity: number;
  readonly overbooking: number;
  readonly closed: boolean;
}

export async function readSold(
  database: Database,
  itemId: ItemId,
  { start, end }: Stay,
): Promise<SoldNight[]> {
  return await database.$queryRaw<SoldNight[]>`
    SELECT night::text, blocked, capacity, overbooking, closed FROM booking.availability_calendar
    WHERE item_id = ${itemId} AND night >= ${start}::date AND night < ${end}::date ORDER BY night`;
}

/** The nights of those that cannot take so many more, in order, and why; as `booking.unavailable_reasons`. */
export function goneNights(sold: readonly SoldNight[], quantity: number): GoneNight[] {
  return sold
    .filter((one) => one.closed || one.blocked + quantity > one.capacity + one.overbooking)
    .map(({ night, closed }) => ({ night, reason: closed ? 'closed' : 'sold-out' }));
}
