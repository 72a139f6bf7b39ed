import type { FactType } from '../../domain/booking-state';
import { roomTypeOf } from '../../domain/hotel';
import { toDecimal } from '../../domain/money';
import { evenNights } from '../../domain/pricing';
import { STANDARD_PLAN } from '../../domain/rates/rate-plan';
import { shownItems } from '../../domain/rates/shown';
import { asMidnightUtc, countNights } from '../../domain/stay-dates';
import { TOPICS } from '../../domain/topics';
import type { Dialect } from './dialect';
import { propertyMessage } from './property-message';

/** When a price counts: once the booking stands, and whenever it is changed after that. */
const APPLIES: readonly FactType[] = ['booking.confirmed', 'booking.modified'];

/**
 * The rate a booking was sold at, line by line, told for the items of every system besides what the system's own
 * dialect says. Carries no personal data.
 */
export const ratesDialect: Dialect = (told) => {
  const { booking, fact } = told;
  if (!APPLIES.includes(fact.type)) return [];
  const { price, stay, quantity, guests, ratePlan = STANDARD_PLAN } = booking;
  const items = booking.quote ?? evenNights(price, stay, quantity);
  return [
    propertyMessage(TOPICS.rateApplied.name, told, {
      itemId: booking.itemId,
      stayDetails: {
        roomType: roomTypeOf(booking.itemId) ?? null,
        checkIn: asMidnightUtc(stay.start),
        checkOut: asMidnightUtc(stay.end),
        nights: countNights(stay),
        guests,
        rooms: quantity,
      },
      pricingDetails: {
        ratePlan,
        totalPrice: toDecimal(price),
        currency: price.currency,
        ...shownItems(items, price.currency),
      },
    }),
  ];
};
