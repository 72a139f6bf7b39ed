import type { z } from 'zod';
import { propertyIdOf, roomTypeOf } from '../../domain/hotel';
import type { Item } from '../../domain/item';
import { toDecimal } from '../../domain/money';
import { shownItems } from '../../domain/rates/shown';
import { nightsOf, type Stay } from '../../domain/stay-dates';
import {
  checkDates,
  checkGuests,
  checkLimits,
  checkOnSale,
  checkQuantity,
  type FieldNames,
  type GoneNight,
} from '../bookings/checks';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { checkAffordable } from './agree';
import { planFor } from './plans';
import { priceNow, type Stayers } from './price';
import { keepQuote } from './quotes';
import type { stayQuoteSchema } from './schemas';

const names = {
  ...{ start: 'checkIn', end: 'checkOut', guests: 'guests', total: 'totalPrice' },
  ...{ ratePlan: 'ratePlan', quoteId: 'quoteId', quantity: 'quantity' },
} satisfies FieldNames;

/**
 * Prices a stay and keeps the quote, to be honoured. Whether the nights are free is said, and stands in the way of
 * nothing: who compares dates wants to know the price too.
 * @throws {Problem} for a stay that could not be asked for at all
 */
export async function giveQuote(
  deps: ApiDeps,
  item: Item,
  asked: Stayers,
  ratePlan: string | undefined,
): Promise<z.output<typeof stayQuoteSchema>> {
  const { database } = deps;
  const now = deps.now();
  const stayers = stayersOf(item, asked);
  const { stay, guests, quantity } = stayers;
  checkOnSale(item);
  checkDates(item, stay, now, names);
  checkLimits(item, stay, now, names);
  checkQuantity(item, quantity, names.quantity);
  // In travel each counts as one.
  if (item.system !== 'travel') checkGuests(item, guests, names, quantity);
  checkDeparture(item, stay);
  const plan = await planFor(database, item, ratePlan, names.ratePlan);
  const quote = await priceNow(database, item, plan, stayers, now);
  checkAffordable(quote, names);
  const [kept, reasons] = await Promise.all([
    keepQuote(database, item.id, stay, quote, now),
    goneNights(deps, item, stayers),
  ]);
  const { currency } = quote.total;
  return {
    ...{ quoteId: kept.id, expiresAt: kept.expiresAt.toISOString() },
    ...{ itemId: item.id, propertyId: propertyIdOf(item.id), roomType: roomTypeOf(item.id) ?? null },
    ...{
      ratePlan: quote.plan,
      checkIn: stay.start,
      checkOut: stay.end,
      nights: quote.nights,
      guests,
      quantity,
    },
    nightlyPrice: toDecimal(quote.nightlyPrice),
    ...shownItems(quote, currency),
    ...{ totalPrice: toDecimal(quote.total), currency },
    available: reasons.length === 0,
    unavailableNights: reasons.map(({ night }) => night),
    reasons,
  };
}

/** In travel each seat, room or car counts as one guest, as it does when it is bought. */
function stayersOf(item: Item, asked: Stayers): Stayers {
  return item.system === 'travel' ? { ...asked, guests: asked.quantity } : asked;
}

/** @throws {Problem} `invalid-dates` for another day than a flight's own */
function checkDeparture({ name, departureDate }: Item, stay: Stay): void {
  if (departureDate === undefined || nightsOf(stay).every((night) => night === departureDate)) return;
  const message = `${name} departs on ${departureDate}; ask for that night alone`;
  throw fieldProblem('invalid-dates', [{ field: names.start, message }]);
}

async function goneNights(
  { database }: ApiDeps,
  item: Item,
  { stay, quantity }: Stayers,
): Promise<GoneNight[]> {
  const [row] = await database.$queryRaw<{ gone: GoneNight[] }[]>`
    SELECT booking.unavailable_reasons(${item.id}, ${stay.start}::date, ${stay.end}::date, ${quantity}::integer)
      AS gone`;
  return row?.gone ?? [];
}
