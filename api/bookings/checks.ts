import type { Item } from '../../domain/item';
import { Problem } from '../../domain/problems';
import { instantAt, localDate } from '../../domain/stay-clock';
import { addDays, type CalendarDate, countNights, type Stay } from '../../domain/stay-dates';
import { brokenLimits, type StayLimit } from '../../domain/stay-limits';
import { type FieldError, fieldProblem } from '../http/validate';

/** The longest stay, nights. */
export const MAX_NIGHTS = 365;
/** How far ahead a stay may begin, days. */
export const MAX_DAYS_AHEAD = 730;

/** How the request's spelling calls the fields that are checked. */
export interface FieldNames {
  readonly start: string;
  readonly end: string;
  readonly guests: string;
  readonly total: string;
  readonly ratePlan: string;
  readonly quoteId: string;
  /** Absent where there is no such field. */
  readonly quantity?: string;
}

/**
 * @param now decides, by the item's own calendar, what is past
 * @throws {Problem} `invalid-dates`
 */
export function checkDates(item: Item, stay: Stay, now: Date, names: FieldNames): void {
  const today = localDate(now, item.timeZone);
  const refuse = (field: string, message: string) => {
    throw fieldProblem('invalid-dates', [{ field, message }]);
  };
  if (stay.start < today) {
    refuse(names.start, `${stay.start} is past; where the item is, it is ${today}`);
  }
  if (!item.instant && new Date(stayInstants(item, stay).checkInAt) <= now) {
    refuse(names.start, `check-in of ${stay.start} has begun, so the owner can no longer decide`);
  }
  if (stay.end <= stay.start) refuse(names.end, `${stay.end} is not after ${stay.start}`);
  if (countNights(stay) > MAX_NIGHTS) refuse(names.end, `a stay may have ${MAX_NIGHTS} nights`);
  if (stay.start > addDays(today, MAX_DAYS_AHEAD)) {
    refuse(
      names.start,
      `a stay may begin ${MAX_DAYS_AHEAD} days from now, on ${addDays(today, MAX_DAYS_AHEAD)}`,
    );
  }
}

/** @throws {Problem} `invalid-request` naming how many guests the item takes */
export function checkGuests(item: Item, guests: number, names: FieldNames, quantity = 1): void {
  const most = item.maxGuests * quantity;
  if (guests <= most) return;
  const what = quantity === 1 ? item.name : `${quantity} of ${item.name}`;
  throw fieldProblem('invalid-request', [{ field: names.guests, message: `${what} takes ${most} guests` }]);
}

/** @throws {Problem} `invalid-request` naming how many of the item there are */
export function checkQuantity(item: Item, quantity: number, field: string): void {
  const most = item.capacity + item.overbooking;
  if (quantity <= most) return;
  throw fieldProblem('invalid-request', [{ field, message: `of ${item.name} there are ${most}` }]);
}

/** @throws {Problem} `wrong-owner` */
export function checkOwner(item: Item, ownerId: string | undefined): void {
  if (ownerId === undefined || ownerId === item.ownerId) return;
  throw new Problem(
    'wrong-owner',
    `${item.id} does not belong to ${ownerId}. Leave ownerId out, or correct it.`,
  );
}

/** @throws {Problem} `not-on-sale` */
export function checkOnSale(item: Item): void {
  if (item.onSale) return;
  throw new Problem('not-on-sale', `${item.name} is off sale. Choose something else.`);
}

/** @throws {Problem} `invalid-dates` naming the owner's limits, for machines in `reasons` */
export function checkLimits(item: Item, stay: Stay, now: Date, names: FieldNames): void {
  const checkInAt = Date.parse(stayInstants(item, stay).checkInAt);
  const reasons = brokenLimits(item, stay, checkInAt, now.getTime());
  if (reasons.length === 0) return;
  const errors = reasons.map((limit) => limitError(item, limit, names));
  throw fieldProblem('invalid-dates', errors, { reasons });
}

function limitError({ name }: Item, limit: StayLimit, names: FieldNames): FieldError {
  switch (limit.reason) {
    case 'minimum-stay':
      return { field: names.end, message: `${name} is taken for ${limit.nights} nights at least` };
    case 'maximum-stay':
      return { field: names.end, message: `${name} is taken for ${limit.nights} nights at most` };
    case 'lead-time':
      return {
        field: names.start,
        message: `${name} is booked ${limit.hours} hours before check-in at least`,
      };
  }
}

/** A night that cannot be had, and why. */
export interface GoneNight {
  readonly night: CalendarDate;
  readonly reason: 'sold-out' | 'closed';
}

/** @throws {Problem} `nights-unavailable` naming them, each with its reason */
export function checkNights(item: Pick<Item, 'name'>, gone: readonly GoneNight[]): void {
  if (gone.length === 0) return;
  const nights = gone.map(({ night }) => night);
  const closed = gone.filter(({ reason }) => reason === 'closed').map(({ night }) => night);
  const soldOut = nights.filter((night) => !closed.includes(night));
  const why = [
    ...(soldOut.length > 0 ? [`sold out on ${soldOut.join(', ')}`] : []),
    ...(closed.length > 0 ? [`closed by its owner on ${closed.join(', ')}`] : []),
  ];
  throw new Problem('nights-unavailable', `${item.name} is ${why.join(' and ')}. Choose other dates.`, {
    nights,
    reasons: gone,
  });
}

/** The instants between which the stay is, by the item's local wall clock. */
export function stayInstants(item: Item, stay: Stay): { checkInAt: string; checkOutAt: string } {
  return {
    checkInAt: instantAt(stay.start, item.checkInTime, item.timeZone).toISOString(),
    checkOutAt: instantAt(stay.end, item.checkOutTime, item.timeZone).toISOString(),
  };
}
