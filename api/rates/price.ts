import type { Item } from '../../domain/item';
import { quoteStay } from '../../domain/pricing';
import type { Quote } from '../../domain/rates/quote';
import type { RatePlan } from '../../domain/rates/rate-plan';
import { localDate } from '../../domain/stay-clock';
import { type CalendarDate, countNights, type Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';

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
  { stay, guests, quantity }: Stayers,
  now: Date,
): Promise<Quote> {
  const daysAhead = countNights({ start: localDate(now, item.timeZone), end: stay.start });
  const occupancy = plan.occupancy.length > 0 ? await readOccupancy(database, item, stay) : undefined;
  return quoteStay(plan, stay, guests, quantity, { daysAhead, ...(occupancy && { occupancy }) });
}

/** The share of an item's capacity that is blocked, by night, basis points. */
export async function readOccupancy(
  database: Database,
  item: Item,
  { start, end }: Stay,
): Promise<ReadonlyMap<CalendarDate, number>> {
  const rows = await database.$queryRaw<{ night: CalendarDate; blocked: number; capacity: number }[]>`
    SELECT night::text, blocked, capacity FROM booking.availability_calendar
    WHERE item_id = ${item.id} AND night >= ${start}::date AND night < ${end}::date AND blocked > 0`;
  return new Map(
    rows.map(({ night, blocked, capacity }) => [
      night,
      Math.floor((blocked * WHOLE) / Math.max(1, capacity)),
    ]),
  );
}
