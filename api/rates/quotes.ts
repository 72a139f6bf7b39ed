import { randomBytes } from 'node:crypto';
import { type BookingId, type ItemId, mintQuoteId, type QuoteId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import type { Money } from '../../domain/money';
import { QUOTE_HONOURED_MS, type Quote, type QuoteItems } from '../../domain/rates/quote';
import type { Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import type { Prisma, QuoteRow } from '../../prisma/generated/client';
import { dayOf } from '../bookings/view';
import type { Stayers } from './price';

/** A quote that was kept. */
export interface KeptQuote extends QuoteItems {
  readonly id: QuoteId;
  readonly itemId: ItemId;
  readonly plan: string;
  readonly planVersion: number;
  readonly stay: Stay;
  readonly guests: number;
  readonly quantity: number;
  readonly total: Money;
  readonly expiresAt: Date;
}

/** A request with which a price is agreed once, however often it is sent. */
export interface PricedRequest {
  /** Its own id: of an opening the booking's, of a change one that no other change has. */
  readonly agreedFor: string;
  readonly bookingId: BookingId;
}

export function openingOf(bookingId: BookingId): PricedRequest {
  return { agreedFor: bookingId, bookingId };
}

/** What of a quote is kept. */
export type PricedStay = Omit<Quote, 'nights' | 'nightlyPrice'>;

/**
 * Keeps a quote: one that is given out, or one that is agreed with a request.
 * @param request the one it is agreed with; where one was agreed with it before, that one stays and is answered
 */
export async function keepQuote(
  database: Database,
  itemId: ItemId,
  stay: Stay,
  quote: PricedStay,
  now: Date,
  request?: PricedRequest,
): Promise<KeptQuote> {
  const { plan, planVersion, guests, quantity, total, lines, includedTaxes } = quote;
  const id = mintQuoteId(now.getTime(), randomBytes(10));
  const expiresAt = new Date(now.getTime() + QUOTE_HONOURED_MS);
  const { count } = await database.quoteRow.createMany({
    data: {
      ...{ id, itemId, plan, planVersion, guests, quantity, ...total, createdAt: now, expiresAt },
      startDate: new Date(stay.start),
      endDate: new Date(stay.end),
      items: { lines, includedTaxes } as unknown as Prisma.InputJsonObject,
      ...request,
    },
    skipDuplicates: true,
  });
  const earlier = count === 0 && request ? await findAgreed(database, request) : undefined;
  if (earlier) return earlier;
  return { id, itemId, stay, plan, planVersion, guests, quantity, total, lines, includedTaxes, expiresAt };
}

/** A quote that was given out. */
export async function findQuote(database: Database, id: string): Promise<KeptQuote | undefined> {
  const row = await database.quoteRow.findFirst({ where: { id, agreedFor: null } });
  return row ? keptQuote(row) : undefined;
}

/** The quote that was agreed with a request. */
export async function findAgreed(
  database: Database,
  { agreedFor }: PricedRequest,
): Promise<KeptQuote | undefined> {
  const row = await database.quoteRow.findUnique({ where: { agreedFor } });
  return row ? keptQuote(row) : undefined;
}

/** The newest quote of this total that was given out for this stay and is still to be honoured. */
export async function findGivenOut(
  database: Database,
  item: Item,
  plan: string,
  { stay, guests, quantity }: Stayers,
  total: Money,
  now: Date,
): Promise<KeptQuote | undefined> {
  const row = await database.quoteRow.findFirst({
    where: {
      ...{ itemId: item.id, plan, guests, quantity, ...total },
      startDate: new Date(stay.start),
      endDate: new Date(stay.end),
      createdAt: { gt: new Date(now.getTime() - QUOTE_HONOURED_MS) },
      agreedFor: null,
    },
    orderBy: { createdAt: 'desc' },
  });
  return row ? keptQuote(row) : undefined;
}

function keptQuote(row: QuoteRow): KeptQuote {
  const { plan, planVersion, guests, quantity, amount, currency, expiresAt } = row;
  return {
    ...(row.items as unknown as QuoteItems),
    ...{ plan, planVersion, guests, quantity, expiresAt },
    id: row.id as QuoteId,
    itemId: row.itemId as ItemId,
    stay: { start: dayOf(row.startDate), end: dayOf(row.endDate) },
    total: { amount, currency },
  };
}

/** Deletes what nobody took, a day after it expired, and what was agreed with a request that opened nothing. */
export async function purgeQuotes(database: Database): Promise<number> {
  return database.$executeRaw`
    DELETE FROM booking.quotes q
    WHERE expires_at < now() - interval '1 day' AND (agreed_for IS NULL OR expires_at < now() - interval '30 days')
      AND NOT EXISTS (SELECT FROM booking.bookings WHERE quote_id = q.id)`;
}
