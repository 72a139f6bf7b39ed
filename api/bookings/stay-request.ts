import type { BookingRequest } from '../../domain/booking';
import type { BookingId, TravelerId } from '../../domain/ids';
import type { System } from '../../domain/item';
import { Problem } from '../../domain/problems';
import type { Stay } from '../../domain/stay-dates';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import { agree, judgePrice, type RateWish } from '../rates/agree';
import { openingOf } from '../rates/quotes';
import { circumstances, findItem, type Person, rememberPerson } from './catalogue';
import {
  checkDates,
  checkGuests,
  checkLimits,
  checkNights,
  checkOnSale,
  checkOwner,
  checkQuantity,
  type FieldNames,
} from './checks';
import { sagaRequest, tokenToCharge } from './saga-request';

/** A wish to stay, whichever spelling it came in. */
export interface Wish extends RateWish {
  readonly itemId: string;
  readonly ownerId?: string | undefined;
  readonly stay: Stay;
  readonly guests: number;
  /** How many of the item; absent: one. A property is booked whole. */
  readonly quantity?: number | undefined;
  readonly paymentToken?: string | undefined;
  readonly names: FieldNames;
  /** Whose item it must be. @default stays */
  readonly system?: System;
  /** Who stays, where the request says so. */
  readonly guest?: Person;
}

/** How many of the item are wished for. */
export function quantityOf({ quantity = 1 }: Wish): number {
  return quantity;
}

/** @throws {Problem} for whatever stands against the booking */
export async function stayRequest(
  deps: ApiDeps,
  caller: Caller,
  wish: Wish,
  bookingId: BookingId,
): Promise<BookingRequest> {
  const { stay, guests, names } = wish;
  const item = await findItem(deps.database, wish.itemId, wish.system ?? 'stays');
  if (!item) throw new Problem('not-found', `There is no property ${wish.itemId}.`);
  checkOwner(item, wish.ownerId);
  const quantity = quantityOf(wish);
  checkOnSale(item);
  checkDates(item, stay, deps.now(), names);
  checkLimits(item, stay, deps.now(), names);
  checkQuantity(item, quantity, names.quantity ?? 'quantity');
  checkGuests(item, guests, names, quantity);
  const stayers = { stay, guests, quantity };
  const opening = openingOf(bookingId);
  const price = await judgePrice(deps, item, stayers, wish, names, opening);
  const travelerId = caller.id as TravelerId;
  const { gone, storedToken } = await circumstances(deps.database, item.id, stay, quantity, travelerId);
  checkNights(item, gone);
  const { quote, rate } = await agree(deps, item, price, opening);
  const { name, email = caller.email } = wish.guest ?? {};
  await rememberPerson(deps.database, caller.id, { name, email });
  const paymentToken = tokenToCharge(deps, wish.paymentToken, storedToken);
  return sagaRequest({ bookingId, item, travelerId, stay, guests, quote, rate, paymentToken });
}
