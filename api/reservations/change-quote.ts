import { z } from 'zod';
import type { ToldAgreement } from '../../domain/agreement';
import { priceDifference } from '../../domain/change';
import { roomTypeOf } from '../../domain/hotel';
import type { BookingId } from '../../domain/ids';
import { toDecimal } from '../../domain/money';
import { countNights } from '../../domain/stay-dates';
import type { BookingRow } from '../bookings/view';
import type { ApiDeps } from '../deps';
import {
  type ChangeFieldNames,
  type ChangeWish,
  judgeChange,
  missingNights,
  pricedChange,
} from './change-terms';
import { reservationExample } from './schemas';

const sideSchema = z.object({
  roomType: z.string(),
  checkIn: z.iso.date(),
  checkOut: z.iso.date(),
  nights: z.int(),
  guests: z.int(),
  totalPrice: z.number(),
});

export const changeQuoteSchema = z
  .object({
    confirmationNumber: z.string(),
    asOf: z.iso.datetime(),
    from: sideSchema,
    to: sideSchema,
    difference: z.number().meta({ description: 'What is paid more; negative: what comes back.' }),
    currency: z.string(),
    available: z.boolean(),
    unavailableNights: z.array(z.iso.date()),
  })
  .meta({ id: 'ChangeQuote' });

type ChangeQuoteView = z.output<typeof changeQuoteSchema>;

export const changeQuoteExample: ChangeQuoteView = {
  confirmationNumber: reservationExample.confirmationNumber,
  asOf: '2026-11-20T10:00:00.000Z',
  from: {
    roomType: 'STD',
    checkIn: '2026-12-01',
    checkOut: '2026-12-04',
    nights: 3,
    guests: 2,
    totalPrice: 360,
  },
  to: {
    roomType: 'STD',
    checkIn: '2026-12-01',
    checkOut: '2026-12-05',
    nights: 4,
    guests: 2,
    totalPrice: 480,
  },
  difference: 120,
  currency: 'USD',
  available: true,
  unavailableNights: [],
};

/**
 * What a change would cost now, and whether its nights are free; takes nothing and promises none.
 * @throws {Problem} for whatever else stands against the change
 */
export async function changeQuote(
  deps: ApiDeps,
  booking: BookingRow,
  wish: ChangeWish,
  names: ChangeFieldNames,
): Promise<ChangeQuoteView> {
  // Nothing is agreed with a quote, so its id is nobody's.
  const request = pricedChange(booking.id as BookingId, 'quote');
  const { item, from, price } = await judgeChange(deps, booking, wish, names, request);
  const missing = await missingNights(deps, booking.id, item.id, price);
  const to = { ...from, itemId: item.id, stay: price.stay, guests: price.guests, price: price.quote.total };
  return {
    confirmationNumber: booking.confirmationNumber ?? '',
    asOf: deps.now().toISOString(),
    from: side(from),
    to: side(to),
    difference: toDecimal(priceDifference(from, to)),
    currency: to.price.currency,
    available: missing.length === 0,
    unavailableNights: missing.map(({ night }) => night),
  };
}

function side({ itemId, stay, guests, price }: ToldAgreement) {
  return {
    roomType: roomTypeOf(itemId) ?? '',
    checkIn: stay.start,
    checkOut: stay.end,
    nights: countNights(stay),
    guests,
    totalPrice: toDecimal(price),
  };
}
