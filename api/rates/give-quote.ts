import type { z } from 'zod';
import { propertyIdOf, roomTypeOf } from '../../domain/hotel';
import type { ItemId } from '../../domain/ids';
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
} from '../bookings/checks';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { requireItem } from '../items/find-item';
import { checkAffordable } from './agree';
import { choosePlan, readPlans } from './plans';
import { goneNights, priceBy, readSold, type Stayers } from './price';
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
  itemId: ItemId,
  asked: Stayers,
  ratePlan: string | undefined,
): Promise<z.output<typeof stayQuoteSchema>> {
  const { database } = deps;
  const now = deps.now();
  const [item, plans, sold] = await Promise.all([
    requireItem(database, itemId),
    readPlans(database, itemId),
    readSold(database, itemId, asked.stay),
  ]);
  const stayers = stayersOf(item, asked);
  const { stay, guests, quantity } = stayers;
  checkOnSale(item);
  checkDates(item, stay, now, names);
  checkLimits(item, stay, now, names);
  checkQuantity(item, quantity, names.quantity);
  // In travel each counts as one.
  if (item.system !== 'travel') checkGuests(item, guests, names, quantity);
  checkDeparture(item, stay);
  const plan = choosePlan(plans, item, ratePlan, names.ratePlan);
  const quote = priceBy(item, plan, stayers, now, sold);
  checkAffordable(quote, names);
  const kept = await keepQuote(database, item.id, stay, quote, now);
  const reasons = goneNights(sold, quantity);
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
