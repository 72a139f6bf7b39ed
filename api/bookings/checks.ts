import type { Item } from '../../domain/item';
import { BadAmount, formatMoney, fromDecimal, type Money, sameMoney, toDecimal } from '../../domain/money';
import type { Quote } from '../../domain/pricing';
import { Problem } from '../../domain/problems';
import { instantAt, localDate } from '../../domain/stay-clock';
import { addDays, type CalendarDate, countNights, type Stay } from '../../domain/stay-dates';
import { fieldProblem } from '../http/validate';

/** The longest stay, nights. */
export const MAX_NIGHTS = 365;
/** How far ahead a stay may begin, days. */
export const MAX_DAYS_AHEAD = 730;
/** What the database's integer columns hold, minor units. */
const MAX_PRICE = 2_147_483_647;

/** How the request's spelling calls the fields that are checked. */
export interface FieldNames {
  readonly start: string;
  readonly end: string;
  readonly guests: string;
  readonly total: string;
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
export function checkGuests(item: Item, guests: number, names: FieldNames): void {
  if (guests <= item.maxGuests) return;
  throw fieldProblem('invalid-request', [
    { field: names.guests, message: `${item.name} takes ${item.maxGuests} guests` },
  ]);
}

/** @throws {Problem} `wrong-owner` */
export function checkOwner(item: Item, ownerId: string | undefined): void {
  if (ownerId === undefined || ownerId === item.ownerId) return;
  throw new Problem(
    'wrong-owner',
    `${item.id} does not belong to ${ownerId}. Leave ownerId out, or correct it.`,
  );
}

/**
 * @param sent the total the client has shown, decimal
 * @throws {Problem} `price-changed` with the quote
 */
export function checkPrice(quote: Quote, sent: number | undefined, names: FieldNames): void {
  if (quote.total.amount > MAX_PRICE) {
    throw fieldProblem('invalid-dates', [
      { field: names.end, message: 'so long a stay of this item is too expensive to be booked at once' },
    ]);
  }
  if (sent === undefined || sameMoney(readAmount(sent, quote.total.currency, names), quote.total)) return;
  throw new Problem(
    'price-changed',
    `The price is ${formatMoney(quote.total)}. Show it to the traveler, and repeat with it.`,
    {
      quote: {
        nights: quote.nights,
        nightlyPrice: toDecimal(quote.nightlyPrice),
        totalPrice: toDecimal(quote.total),
        currency: quote.total.currency,
      },
    },
  );
}

function readAmount(decimal: number, currency: string, names: FieldNames): Money {
  try {
    return fromDecimal(decimal, currency);
  } catch (error) {
    if (!(error instanceof BadAmount)) throw error;
    throw fieldProblem('invalid-request', [{ field: names.total, message: error.message }]);
  }
}

/** @throws {Problem} `nights-unavailable` naming them */
export function checkNights(item: Pick<Item, 'name'>, gone: readonly CalendarDate[]): void {
  if (gone.length === 0) return;
  throw new Problem(
    'nights-unavailable',
    `${item.name} is not free on ${gone.join(', ')}. Choose other dates.`,
    {
      nights: gone,
    },
  );
}

/** The instants between which the stay is, by the item's local wall clock. */
export function stayInstants(item: Item, stay: Stay): { checkInAt: string; checkOutAt: string } {
  return {
    checkInAt: instantAt(stay.start, item.checkInTime, item.timeZone).toISOString(),
    checkOutAt: instantAt(stay.end, item.checkOutTime, item.timeZone).toISOString(),
  };
}
