import type { BookingRate, BookingRequest } from './booking';
import { moneyIn, stayIn } from './fact-details';
import type { ItemId, QuoteId } from './ids';
import type { Money } from './money';
import { STANDARD_PLAN } from './rates/rate-plan';
import type { Stay } from './stay-dates';

/**
 * What the parties have agreed on: the part of a booking that a change replaces, as a whole. A booking begins with
 * what was asked for.
 */
export type Agreement = Pick<
  BookingRequest,
  'itemId' | 'itemName' | 'stay' | 'guests' | 'quantity' | 'price' | 'rate' | 'terms'
>;

/** The same without its terms: what the log and listeners are told of it. */
export type ToldAgreement = Omit<Agreement, 'terms'>;

export function toldAgreement(agreement: Agreement | ToldAgreement): ToldAgreement {
  const { itemId, itemName, stay, guests, quantity, price, rate } = agreement;
  return { itemId, itemName, stay, guests, quantity, price, ...(rate && { rate }) };
}

/** Whether two agreements are the same as far as anybody is told. */
export function sameAgreement(a: ToldAgreement, b: ToldAgreement): boolean {
  return (
    sameNights(a, b) &&
    a.guests === b.guests &&
    (a.rate?.plan ?? STANDARD_PLAN) === (b.rate?.plan ?? STANDARD_PLAN) &&
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
  const rate = rateIn(rest.rate);
  return { itemId: itemId as ItemId, itemName, stay, guests, quantity, price, ...(rate && { rate }) };
}

function rateIn(value: unknown): BookingRate | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { plan, quoteId } = value as Readonly<Record<string, unknown>>;
  if (typeof plan !== 'string') return undefined;
  return { plan, ...(typeof quoteId === 'string' && { quoteId: quoteId as QuoteId }) };
}
