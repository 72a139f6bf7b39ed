import type { BookingRate } from '../../domain/booking';
import type { Item } from '../../domain/item';
import { BadAmount, formatMoney, fromDecimal, type Money, sameMoney, toDecimal } from '../../domain/money';
import { Problem } from '../../domain/problems';
import type { Quote, QuoteItems } from '../../domain/rates/quote';
import { shownItems } from '../../domain/rates/shown';
import type { FieldNames } from '../bookings/checks';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { planFor } from './plans';
import { priceNow, type Stayers } from './price';
import {
  findAgreed,
  findGivenOut,
  findQuote,
  type KeptQuote,
  keepQuote,
  type PricedRequest,
  type PricedStay,
} from './quotes';

/** What the database's integer columns hold, minor units. */
const MAX_PRICE = 2_147_483_647;

/** What a request says of its price. */
export interface RateWish {
  /** Decimal; what the client has shown. */
  readonly totalPrice?: number | undefined;
  readonly ratePlan?: string | undefined;
  readonly quoteId?: string | undefined;
}

/** The price at which a stay may be booked, before anything is written. */
export interface JudgedPrice extends Stayers {
  readonly quote: PricedStay;
}

/** The price at which it is booked. */
export interface AgreedPrice {
  readonly quote: { readonly quantity: number; readonly total: Money };
  readonly rate: BookingRate;
}

/**
 * What a request is to be priced at: the quote it names; the one it must mean, where its total is that of a quote
 * given out less than 15 minutes ago; else the price of now. A request that was sent before has the price that was
 * agreed with it then, however rates have moved.
 *
 * @throws {Problem} `price-changed` with the quote, `quote-not-valid`, `invalid-request` for a plan that is not there
 */
export async function judgePrice(
  deps: ApiDeps,
  item: Item,
  stayers: Stayers,
  wish: RateWish,
  names: FieldNames,
  request: PricedRequest,
): Promise<JudgedPrice> {
  try {
    const quote =
      wish.quoteId === undefined
        ? await currentOrGivenOut(deps, item, stayers, wish, names)
        : await named(deps, item, stayers, { ...wish, quoteId: wish.quoteId }, names);
    return { ...stayers, quote };
  } catch (refusal) {
    const earlier = await findAgreed(deps.database, request);
    if (earlier) return { ...stayers, quote: earlier };
    throw refusal;
  }
}

/**
 * Keeps the price with the request. The implicit plan's needs no keeping: every night costs the same, and the total is
 * in the request itself.
 */
export async function agree(
  deps: ApiDeps,
  item: Item,
  { stay, quote }: JudgedPrice,
  request: PricedRequest,
): Promise<AgreedPrice> {
  const isImplicit = quote.planVersion === 0 && !('id' in quote);
  if (isImplicit) return { quote, rate: { plan: quote.plan } };
  const kept = await keepQuote(deps.database, item.id, stay, quote, deps.now(), request);
  return { quote: kept, rate: { plan: kept.plan, quoteId: kept.id } };
}

async function currentOrGivenOut(
  { database, now }: ApiDeps,
  item: Item,
  stayers: Stayers,
  { totalPrice, ratePlan }: RateWish,
  names: FieldNames,
): Promise<PricedStay> {
  const plan = await planFor(database, item, ratePlan, names.ratePlan);
  const quote = await priceNow(database, item, plan, stayers, now());
  checkAffordable(quote, names);
  if (totalPrice === undefined) return quote;
  const sent = readAmount(totalPrice, quote.total.currency, names);
  if (sameMoney(sent, quote.total)) return quote;
  const shown = await findGivenOut(database, item, plan.code, stayers, sent, now());
  if (shown) return shown;
  throw priceChanged(quote, nightsAndPrice(quote));
}

async function named(
  { database, now }: ApiDeps,
  item: Item,
  stayers: Stayers,
  { quoteId, totalPrice, ratePlan }: RateWish & { readonly quoteId: string },
  names: FieldNames,
): Promise<KeptQuote> {
  const quote = await findQuote(database, quoteId);
  const trouble = quote ? troubleWith(quote, item, stayers, ratePlan, now()) : 'is not known';
  if (!quote || trouble !== undefined) {
    throw new Problem(
      'quote-not-valid',
      `Quote ${quoteId} ${trouble}. Ask GET /api/rates/quote for a new one, show its price, and repeat with it.`,
      { errors: [{ field: names.quoteId, message: trouble }] },
    );
  }
  if (totalPrice === undefined) return quote;
  if (sameMoney(readAmount(totalPrice, quote.total.currency, names), quote.total)) return quote;
  throw priceChanged(quote, {});
}

/** What keeps a quote from being this stay's. */
function troubleWith(
  quote: KeptQuote,
  item: Item,
  { stay, guests, quantity }: Stayers,
  plan: string | undefined,
  now: Date,
): string | undefined {
  if (quote.itemId !== item.id) return 'is of something else';
  if (quote.stay.start !== stay.start || quote.stay.end !== stay.end) {
    return `is for ${quote.stay.start} to ${quote.stay.end}`;
  }
  if (quote.guests !== guests) return `is for guests: ${quote.guests}`;
  if (quote.quantity !== quantity) return `is for quantity: ${quote.quantity}`;
  // An item without plans of its own has one price under any name.
  if (plan !== undefined && plan !== quote.plan && quote.planVersion > 0)
    return `is of the rate plan ${quote.plan}`;
  if (quote.expiresAt <= now) return `was honoured until ${quote.expiresAt.toISOString()}`;
  return undefined;
}

/** @throws {Problem} `invalid-dates` for a price that no column holds */
export function checkAffordable({ total }: Pick<Quote, 'total'>, { end }: Pick<FieldNames, 'end'>): void {
  if (total.amount <= MAX_PRICE) return;
  throw fieldProblem('invalid-dates', [
    { field: end, message: 'so long a stay of this item is too expensive to be booked at once' },
  ]);
}

function priceChanged(
  quote: QuoteItems & { readonly plan: string; readonly total: Money },
  more: Readonly<Record<string, unknown>>,
): Problem {
  const { plan, total } = quote;
  return new Problem(
    'price-changed',
    `The price is ${formatMoney(total)}. Show it to the traveler, and repeat with it.`,
    {
      quote: {
        ...more,
        totalPrice: toDecimal(total),
        currency: total.currency,
        ratePlan: plan,
        ...shownItems(quote, total.currency),
      },
    },
  );
}

function nightsAndPrice({ nights, nightlyPrice }: Quote) {
  return { nights, nightlyPrice: toDecimal(nightlyPrice) };
}

function readAmount(decimal: number, currency: string, names: FieldNames): Money {
  try {
    return fromDecimal(decimal, currency);
  } catch (error) {
    if (!(error instanceof BadAmount)) throw error;
    throw fieldProblem('invalid-request', [{ field: names.total, message: error.message }]);
  }
}
