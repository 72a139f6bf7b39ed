import type { BookingRequest } from '../../domain/booking';
import { type BookingId, billingIdOf, type TravelerId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import { Problem } from '../../domain/problems';
import { addDays, type Stay } from '../../domain/stay-dates';
import { travelTypeOf } from '../../domain/travel-type';
import type { Prisma } from '../../prisma/generated/client';
import type { Caller } from '../auth/caller';
import { circumstances, findItem, rememberEmail } from '../bookings/catalogue';
import {
  checkDates,
  checkLimits,
  checkNights,
  checkOnSale,
  checkQuantity,
  type FieldNames,
  stayInstants,
} from '../bookings/checks';
import { sagaRequest, tokenToCharge } from '../bookings/saga-request';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { agree, judgePrice } from '../rates/agree';
import { openingOf } from '../rates/quotes';
import type { Purchase } from './fields';

const names: FieldNames = {
  start: 'startDate',
  end: 'endDate',
  guests: 'quantity',
  total: 'totalAmountPaid',
  ratePlan: 'ratePlan',
  quoteId: 'quoteId',
};

/** What is bought and for when. */
export interface Choice {
  readonly item: Item;
  readonly stay: Stay;
}

/**
 * Finds what is to be bought: a flight for the day it departs, anything else for the dates sent.
 * @throws {Problem} `not-found`; `invalid-request` where it is of another type; `invalid-dates`
 */
export async function choose(deps: ApiDeps, purchase: Purchase): Promise<Choice> {
  const { type, itemId, startDate, endDate } = purchase;
  const item = await findItem(deps.database, itemId, 'travel');
  if (!item) throw new Problem('not-found', `There is no ${type} ${itemId}.`);
  const actual = travelTypeOf(item.kind);
  if (actual !== type) {
    throw fieldProblem('invalid-request', [{ field: 'type', message: `${itemId} is a ${actual}` }]);
  }
  if (type === 'flight') return { item, stay: departureOf(item, startDate) };
  if (startDate === undefined || endDate === undefined) {
    throw fieldProblem('invalid-request', [{ field: 'startDate', message: `is needed for a ${type}` }]);
  }
  return { item, stay: { start: startDate, end: endDate } };
}

function departureOf(item: Item, sent: Stay['start'] | undefined): Stay {
  const { departureDate } = item;
  if (departureDate === undefined) throw new Error(`flight ${item.id} has no departure date`);
  if (sent !== undefined && sent !== departureDate) {
    throw fieldProblem('invalid-dates', [
      { field: names.start, message: `${item.name} departs on ${departureDate}` },
    ]);
  }
  return { start: departureDate, end: addDays(departureDate, 1) };
}

/**
 * Checks a purchase and keeps what the traveler said of the journey, before its saga starts.
 * @throws {Problem} for whatever stands against it
 */
export async function purchaseRequest(
  deps: ApiDeps,
  caller: Caller,
  purchase: Purchase,
  { item, stay }: Choice,
  bookingId: BookingId,
): Promise<BookingRequest> {
  const { quantity } = purchase;
  checkOnSale(item);
  checkDates(item, stay, deps.now(), names);
  checkNotDeparted(item, stay, deps.now());
  checkLimits(item, stay, deps.now(), names);
  checkQuantity(item, quantity, names.guests);
  const { totalAmountPaid: totalPrice, ratePlan, quoteId } = purchase;
  // Each seat, room or car counts as one guest.
  const stayers = { stay, guests: quantity, quantity };
  const wish = { totalPrice, ratePlan, quoteId };
  const opening = openingOf(bookingId);
  const price = await judgePrice(deps, item, stayers, wish, names, opening);
  const travelerId = caller.id as TravelerId;
  const { gone, storedToken } = await circumstances(deps.database, item.id, stay, quantity, travelerId);
  checkNights(item, gone);
  const paymentToken = tokenToCharge(deps, purchase.paymentMethod, storedToken);
  if (paymentToken === undefined) {
    throw new Problem(
      'payment-declined',
      'You have no stored payment method. Send a token of the payment provider as paymentMethod.',
    );
  }
  const { quote, rate } = await agree(deps, item, price, opening);
  await rememberEmail(deps.database, caller.id, caller.email);
  await rememberDetails(deps, bookingId, travelerId, purchase.bookingDetails);
  const guests = quantity;
  const agreed = { bookingId, item, travelerId, stay, guests, quote, rate, paymentToken };
  const request = sagaRequest(agreed);
  return {
    ...request,
    billingId: billingIdOf(bookingId),
    terms: { ...request.terms, capture: 'before-confirmation' },
  };
}

/** A room or a car may still be taken on the day itself, a flight only until it departs. */
function checkNotDeparted(item: Item, stay: Stay, now: Date): void {
  if (item.kind !== 'flight' || new Date(stayInstants(item, stay).checkInAt) > now) return;
  throw fieldProblem('invalid-dates', [{ field: names.start, message: `${item.name} has departed` }]);
}

/** An earlier attempt at the same purchase has said it already. */
async function rememberDetails(
  { database }: ApiDeps,
  bookingId: BookingId,
  travelerId: TravelerId,
  details: Purchase['bookingDetails'],
): Promise<void> {
  const row = { bookingId, travelerId, details: details as Prisma.InputJsonObject };
  await database.bookingDetails.createMany({ data: [row], skipDuplicates: true });
}
