import { type Agreement, type ToldAgreement, toldAgreement } from '../../domain/agreement';
import type { BookingTerms } from '../../domain/booking';
import type { BookingState } from '../../domain/booking-state';
import { obstacleToChange, unfitness } from '../../domain/change';
import { itemIdOf, propertyIdOf } from '../../domain/hotel';
import type { BookingId, ItemId, TravelerId } from '../../domain/ids';
import type { Item, System } from '../../domain/item';
import { quoteStay } from '../../domain/pricing';
import { Problem } from '../../domain/problems';
import type { CalendarDate, Stay } from '../../domain/stay-dates';
import { findItem } from '../bookings/catalogue';
import { checkDates, checkGuests, checkPrice, type FieldNames } from '../bookings/checks';
import { illegalTransition, tooManyChanges } from '../bookings/saga-problems';
import { sagaRequest } from '../bookings/saga-request';
import { type BookingRow, dayOf } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';

/** What a change asks for; what is left out stays as it is. */
export interface ChangeWish {
  readonly checkIn?: CalendarDate | undefined;
  readonly checkOut?: CalendarDate | undefined;
  readonly guests?: number | undefined;
  /** Sent, it must be the one the reservation is at. */
  readonly propertyId?: string | undefined;
  readonly roomType?: string | undefined;
  /** Decimal; what the client has shown for the whole stay. */
  readonly totalPrice?: number | undefined;
  /** Whether the guest asks, not the owner. */
  readonly byGuest: boolean;
}

/** A change that may be made, worked out: what it replaces and what is agreed from then on. */
export interface ChangeTerms {
  readonly from: ToldAgreement;
  readonly to: Agreement;
}

/** How the hotel's front end calls the fields. */
export type ChangeFieldNames = FieldNames & { readonly roomType: string };

/**
 * Works a change out: its dates, guests and room checked as for a new reservation, its price quoted anew for the whole
 * stay. Looks at no nights.
 *
 * @throws {Problem} for whatever stands against it
 */
export async function changeTerms(
  deps: ApiDeps,
  booking: BookingRow,
  wish: ChangeWish,
  names: ChangeFieldNames,
): Promise<ChangeTerms> {
  const from = agreedIn(booking);
  await checkChangeable(deps, booking, from);
  const stay: Stay = { start: wish.checkIn ?? from.stay.start, end: wish.checkOut ?? from.stay.end };
  const { guests = from.guests } = wish;
  const item = await roomOf(deps, booking, wish, names);
  if (sameStay(stay, from.stay) && guests === from.guests && item.id === from.itemId)
    throw nothingNew([names.start, names.end, names.guests, names.roomType]);

  if (wish.byGuest && item.id !== from.itemId) checkNeedsNobody(item);
  checkDates(item, stay, deps.now(), names);
  checkGuests(item, guests, names);
  const quote = quoteStay(item, stay, from.quantity);
  checkPrice(quote, wish.totalPrice, names);
  const asIfNew = sagaRequest({
    bookingId: booking.id as BookingId,
    travelerId: booking.travelerId as TravelerId,
    ...{ item, stay, guests, quote },
    paymentToken: undefined,
  });
  const to = { ...toldAgreement(asIfNew), terms: asIfNew.terms };
  if (unfitness(from, to) === 'another-currency') {
    throw fieldProblem('invalid-request', [
      {
        field: names.roomType,
        message: `is sold in ${to.price.currency}, this reservation in ${from.price.currency}; cancel it and book anew`,
      },
    ]);
  }
  return { from, to };
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

/** The nights of an agreement that this booking could not have now, beside those it has. */
export async function missingNights(
  { database }: ApiDeps,
  bookingId: string,
  { itemId, stay, quantity }: ToldAgreement,
): Promise<readonly CalendarDate[]> {
  const [row] = await database.$queryRaw<{ nights: CalendarDate[] }[]>`
    SELECT booking.missing_nights(${bookingId}, ${itemId}, ${stay.start}::date, ${stay.end}::date,
                                  ${quantity}::integer)::text[] AS nights`;
  return row?.nights ?? [];
}
