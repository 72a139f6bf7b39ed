import type { BookingRequest } from './booking';
import { moneyIn, stayIn } from './fact-details';
import type { ItemId } from './ids';
import type { Money } from './money';
import type { Stay } from './stay-dates';

/**
 * What the parties have agreed on: the part of a booking that a change replaces, as a whole. A booking begins with
 * what was asked for.
 */
export type Agreement = Pick<
  BookingRequest,
  'itemId' | 'itemName' | 'stay' | 'guests' | 'quantity' | 'price' | 'terms'
>;

/** The same without its terms: what the log and listeners are told of it. */
export type ToldAgreement = Omit<Agreement, 'terms'>;

export function toldAgreement(agreement: Agreement | ToldAgreement): ToldAgreement {
  const { itemId, itemName, stay, guests, quantity, price } = agreement;
  return { itemId, itemName, stay, guests, quantity, price };
}

/** Whether two agreements are the same as far as anybody is told. */
export function sameAgreement(a: ToldAgreement, b: ToldAgreement): boolean {
  return (
    sameNights(a, b) &&
    a.guests === b.guests &&
    a.price.amount === b.price.amount &&
    a.price.currency === b.price.currency
  );
}

/** Whether two agreements take the same places of the calendar. */
export function sameNights(a: ToldAgreement, b: ToldAgreement): boolean {
  return (
    a.itemId === b.itemId &&
    a.stay.start === b.stay.start &&
    a.stay.end === b.stay.end &&
    a.quantity === b.quantity
  );
}

/** An agreement read back from a fact's details; undefined where there is none. */
export function agreementIn(value: unknown): ToldAgreement | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { itemId, itemName, guests, quantity, ...rest } = value as Readonly<Record<string, unknown>>;
  const stay: Stay | undefined = stayIn(rest.stay);
  const price: Money | undefined = moneyIn(rest.price);
  if (typeof itemId !== 'string' || typeof itemName !== 'string' || !stay || !price) return undefined;
  if (typeof guests !== 'number' || typeof quantity !== 'number') return undefined;
  return { itemId: itemId as ItemId, itemName, stay, guests, quantity, price };
}
