import { type Agreement, type ToldAgreement, toldAgreement } from '../../domain/agreement';
import type { BookingTerms } from '../../domain/booking';
import type { BookingState } from '../../domain/booking-state';
import { obstacleToChange } from '../../domain/change';
import { itemIdOf, propertyIdOf } from '../../domain/hotel';
import type { BookingId, ItemId, QuoteId, TravelerId } from '../../domain/ids';
import type { Item, System } from '../../domain/item';
import { Problem } from '../../domain/problems';
import type { CalendarDate, Stay } from '../../domain/stay-dates';
import { findItem } from '../bookings/catalogue';
import {
  checkDates,
  checkGuests,
  checkLimits,
  checkOnSale,
  checkQuantity,
  type FieldNames,
  type GoneNight,
} from '../bookings/checks';
import { illegalTransition, tooManyChanges } from '../bookings/saga-problems';
import { sagaRequest } from '../bookings/saga-request';
import { type BookingRow, dayOf } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { agree, type JudgedPrice, judgePrice, type RateWish } from '../rates/agree';
import type { PricedRequest } from '../rates/quotes';

/** What a change asks for; what is left out stays as it is. */
export interface ChangeWish extends RateWish {
  readonly checkIn?: CalendarDate | undefined;
  readonly checkOut?: CalendarDate | undefined;
  readonly guests?: number | undefined;
  /** Sent, it must be the one the reservation is at. */
  readonly propertyId?: string | undefined;
  readonly roomType?: string | undefined;
  /** Whether the guest asks, not the owner. */
  readonly byGuest: boolean;
}

/** How the hotel's front end calls the fields. */
export type ChangeFieldNames = FieldNames & { readonly roomType: string };

/** A change that may be made, as far as that can be said before anything is written or any night looked at. */
export interface JudgedChange {
  readonly item: Item;
  readonly from: Agreement;
  readonly price: JudgedPrice;
}

/** What a change replaces, and what is agreed from then on. */
export interface ChangeTerms {
  readonly from: ToldAgreement;
  readonly to: Agreement;
}

/**
 * Judges a change: its dates, guests and room are checked as for a new reservation, and the whole stay is priced anew,
 * by the plan it has unless another is named.
 *
 * @throws {Problem} for whatever stands against it
 */
export async function judgeChange(
  deps: ApiDeps,
  booking: BookingRow,
  wish: ChangeWish,
  names: ChangeFieldNames,
  request: PricedRequest,
): Promise<JudgedChange> {
  const from = agreedIn(booking);
  await checkChangeable(deps, booking, from);
  const stay: Stay = { start: wish.checkIn ?? from.stay.start, end: wish.checkOut ?? from.stay.end };
  const { guests = from.guests, ratePlan = booking.ratePlan } = wish;
  const { quantity } = from;
  const item = await roomOf(deps, booking, wish, names);
  const isOtherStay = !sameStay(stay, from.stay) || item.id !== from.itemId;
  if (!isOtherStay && guests === from.guests && ratePlan === booking.ratePlan)
    throw nothingNew([names.start, names.end, names.guests, names.roomType, names.ratePlan]);

  if (wish.byGuest && item.id !== from.itemId) checkNeedsNobody(item);
  if (isOtherStay) {
    checkOnSale(item);
    checkDates(item, stay, deps.now(), names);
    checkLimits(item, stay, deps.now(), names);
    checkQuantity(item, quantity, names.roomType);
  }
  checkGuests(item, guests, names, quantity);
  if (item.nightlyPrice.currency !== from.price.currency) {
    const message = `is sold in ${item.nightlyPrice.currency}, this reservation in ${from.price.currency}; cancel it and book anew`;
    throw fieldProblem('invalid-request', [{ field: names.roomType, message }]);
  }
  const stayers = { stay, guests, quantity };
  const price = await judgePrice(deps, item, stayers, { ...wish, ratePlan }, names, request);
  return { item, from, price };
}

/** Keeps the price with the change, and words the new agreement: under the item's terms as they stand now. */
export async function agreeChange(
  deps: ApiDeps,
  booking: BookingRow,
  { item, from, price }: JudgedChange,
  request: PricedRequest,
): Promise<ChangeTerms> {
  const { quote, rate } = await agree(deps, item, price, request);
  const { stay, guests } = price;
  const asIfNew = sagaRequest({
    bookingId: booking.id as BookingId,
    travelerId: booking.travelerId as TravelerId,
    ...{ item, stay, guests, quote, rate },
    paymentToken: undefined,
  });
  const { payment, ...terms } = asIfNew.terms;
  // How a booking is paid for is decided once: one without a plan is of the first release, and is led down its path.
  const to = {
    ...toldAgreement(asIfNew),
    terms: { ...terms, ...(from.terms.payment && payment && { payment }) },
  };
  return { from: toldAgreement(from), to };
}

/** The request as which a change is priced: the same however often it is sent. */
export function pricedChange(bookingId: BookingId, changeId: string): PricedRequest {
  return { agreedFor: `${bookingId}/${changeId}`, bookingId };
}

/** What a booking's row says is agreed. */
export function agreedIn(booking: BookingRow): Agreement {
  return {
    itemId: booking.itemId as ItemId,
    itemName: booking.itemName,
    stay: { start: dayOf(booking.startDate), end: dayOf(booking.endDate) },
    guests: booking.guests,
    quantity: booking.quantity,
    price: { amount: booking.priceAmount, currency: booking.currency },
    rate: {
      plan: booking.ratePlan,
      ...(booking.quoteId !== null && { quoteId: booking.quoteId as QuoteId }),
    },
    terms: booking.terms as unknown as BookingTerms,
  };
}

async function checkChangeable({ database, now }: ApiDeps, booking: BookingRow, agreed: Agreement) {
  const changes = await database.bookingFactRow.count({
    where: { bookingId: booking.id, type: 'booking.modified' },
  });
  const state = booking.state as BookingState;
  const system = booking.system as System;
  switch (obstacleToChange({ system, state, agreed, changes }, now().getTime())) {
    case undefined:
      return;
    case 'too-many-changes':
      throw tooManyChanges(booking);
    case 'stay-begun':
      throw new Problem(
        'illegal-transition',
        `Booking ${booking.id} cannot be changed since check-in began at ${agreed.terms.checkInAt}.`,
        { bookingId: booking.id, state },
      );
    case 'not-changeable':
    case 'not-confirmed':
      throw illegalTransition('changed', booking);
  }
}

async function roomOf(
  { database }: ApiDeps,
  booking: BookingRow,
  { propertyId, roomType }: ChangeWish,
  names: ChangeFieldNames,
): Promise<Item> {
  const itemId = booking.itemId as ItemId;
  if (propertyId !== undefined && propertyId !== propertyIdOf(itemId)) {
    const message = `a reservation stays at its property, ${propertyIdOf(itemId)}; cancel it and book anew`;
    throw fieldProblem('invalid-request', [{ field: 'propertyId', message }]);
  }
  const wanted = roomType === undefined ? itemId : itemIdOf(propertyIdOf(itemId), roomType);
  const item = await findItem(database, wanted, 'hotel');
  if (item?.ownerId === booking.ownerId) return item;
  throw fieldProblem('invalid-request', [
    { field: names.roomType, message: `${propertyIdOf(itemId)} has no such room to change to` },
  ]);
}

/** Who may not book a room without asking may not slip into it by a change. */
function checkNeedsNobody(item: Item): void {
  if (item.instant) return;
  throw new Problem(
    'forbidden',
    `${item.name} is booked by approval. Ask the property to make the change, or reserve it anew.`,
  );
}

function sameStay(a: Stay, b: Stay): boolean {
  return a.start === b.start && a.end === b.end;
}

/** A change that asks for nothing, or for what is agreed already. */
export function nothingNew(fields: readonly string[]): Problem {
  return fieldProblem(
    'invalid-request',
    fields.map((field) => ({ field, message: 'is left out or as it was; a change needs one that differs' })),
  );
}

/** The nights that this booking could not have now, beside those it has; and why. */
export async function missingNights(
  { database }: ApiDeps,
  bookingId: string,
  itemId: ItemId,
  { stay, quantity }: Pick<JudgedPrice, 'stay' | 'quantity'>,
): Promise<readonly GoneNight[]> {
  return await database.$queryRaw<GoneNight[]>`
    SELECT c.night::text, CASE WHEN c.closed THEN 'closed' ELSE 'sold-out' END AS reason
    FROM booking.availability_calendar c
    WHERE c.item_id = ${itemId} AND c.night = ANY (
      booking.missing_nights(${bookingId}, ${itemId}, ${stay.start}::date, ${stay.end}::date, ${quantity}::integer))
    ORDER BY c.night`;
}
