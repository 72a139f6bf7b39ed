import { z } from 'zod';
import { ITEM_KINDS } from '../../domain/item';
import { Problem } from '../../domain/problems';
import { addDays, type CalendarDate, countNights, type Stay } from '../../domain/stay-dates';
import { Prisma } from '../../prisma/generated/client';
import type { Caller } from '../auth/caller';
import { calendarDate, identifier } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { requireItem } from '../items/find-item';

/** The longest span of one question, days: a leap year. */
export const MOST_DAYS = 366;
/** How many days one question is about that names none. */
const USUAL_DAYS = 30;

export const whichItems = {
  itemId: identifier.optional().meta({ description: 'One item.', example: 'HOTEL-001:STD' }),
  ownerId: identifier
    .optional()
    .meta({ description: "One owner's items. An owner asks for none but their own.", example: 'owner-3' }),
  kind: z.enum(ITEM_KINDS).optional().meta({ description: 'Items of one kind.' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as USD')
    .optional()
    .meta({ description: 'One currency. Left out: a line for each, for they are never summed up.' }),
};

export const spanFields = {
  from: calendarDate.optional().meta({ description: 'The first day.' }),
  to: calendarDate
    .optional()
    .meta({ description: `The first day that is no longer meant; at most ${MOST_DAYS} days on.` }),
};

const whichSchema = z.object(whichItems);
const spanSchema = z.object(spanFields);

/**
 * The items that a caller asks about, as a condition on `booking.items i`. An owner's are their own.
 * @throws {Problem} `not-found` for an item that is not there; `forbidden` for those of another owner
 */
export async function chosenItems(
  { database }: Pick<ApiDeps, 'database'>,
  caller: Caller,
  { itemId, ownerId, kind, currency }: z.output<typeof whichSchema>,
): Promise<Prisma.Sql> {
  const ofAnother = caller.role !== 'admin' && ownerId !== undefined && ownerId !== caller.id;
  if (ofAnother)
    throw new Problem('forbidden', `You may see the figures of your own items, not ${ownerId}'s.`);
  if (itemId !== undefined) {
    const item = await requireItem(database, itemId);
    if (caller.role !== 'admin' && item.ownerId !== caller.id) {
      throw new Problem('forbidden', `Only its owner may see the figures of ${itemId}.`);
    }
  }
  const owner = caller.role === 'admin' ? ownerId : caller.id;
  const conditions = [
    Prisma.sql`true`,
    ...(itemId === undefined ? [] : [Prisma.sql`i.id = ${itemId}`]),
    ...(owner === undefined ? [] : [Prisma.sql`i.owner_id = ${owner}`]),
    ...(kind === undefined ? [] : [Prisma.sql`i.kind = ${kind}`]),
    ...(currency === undefined ? [] : [Prisma.sql`i.currency = ${currency}`]),
  ];
  return Prisma.join(conditions, ' AND ');
}

/**
 * The days asked about; without `from` and `to`, the thirty before today, or from today on.
 * @throws {Problem} `invalid-dates` where they are none or too many
 */
export function askedDays(
  { from, to }: z.output<typeof spanSchema>,
  today: CalendarDate,
  usually: 'past' | 'future' = 'past',
): Stay {
  const start =
    from ?? (to ? addDays(to, -USUAL_DAYS) : usually === 'past' ? addDays(today, -USUAL_DAYS) : today);
  const end = to ?? addDays(start, USUAL_DAYS);
  if (end <= start)
    throw fieldProblem('invalid-dates', [{ field: 'to', message: `${end} is not after ${start}` }]);
  const days = countNights({ start, end });
  if (days > MOST_DAYS) {
    const message = `${days} days are too many: at most ${MOST_DAYS} may be asked for at once`;
    throw fieldProblem('invalid-dates', [{ field: 'to', message }]);
  }
  return { start, end };
}

/** Today by UTC: the items may lie in many zones. */
export function todayOf(now: Date): CalendarDate {
  return now.toISOString().slice(0, 10) as CalendarDate;
}
