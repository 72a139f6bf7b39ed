declare const brand: unique symbol;
/** A string that may not be swapped for another kind of id. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type BookingId = Id<'booking'>;
/** A bill of the travel system. */
export type BillingId = Id<'billing'>;
export type ItemId = Id<'item'>;
/** The `sub` of whoever books. */
export type TravelerId = Id<'traveler'>;
/** The `sub` of whoever owns the item. */
export type OwnerId = Id<'owner'>;
/** A price that was given out or agreed. */
export type QuoteId = Id<'quote'>;
/** One set of nights taken for one booking. */
export type BlockId = Id<'block'>;
/** A fact of the event log; the same for every repetition of the step that made it. */
export type FactId = Id<'fact'>;

const BOOKING_ID = /^BKG[0-9A-HJKMNP-TV-Z]{20}$/;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Makes a booking id: `BKG` and 20 Crockford characters, the first ten from the time so that ids sort by age.
 *
 * @param now milliseconds since the epoch
 * @param random ten random bytes
 */
export function mintBookingId(now: number, random: Uint8Array): BookingId {
  return mint('BKG', now, random) as BookingId;
}

/** The same for a quote: `QUO` and 20 Crockford characters. */
export function mintQuoteId(now: number, random: Uint8Array): QuoteId {
  return mint('QUO', now, random) as QuoteId;
}

function mint(prefix: string, now: number, random: Uint8Array): string {
  let time = '';
  for (let rest = now, digit = 0; digit < 10; digit += 1) {
    time = CROCKFORD.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  const noise = Array.from(random.slice(0, 10), (byte) => CROCKFORD.charAt(byte % 32)).join('');
  return `${prefix}${time}${noise}`;
}

export function isBookingId(text: string): text is BookingId {
  return BOOKING_ID.test(text);
}

/** One bill per booking: its id follows from the booking's. */
export function billingIdOf(bookingId: BookingId): BillingId {
  return bookingId.replace(/^BKG/, 'BIL') as BillingId;
}

export function isBillingId(text: string): text is BillingId {
  return BOOKING_ID.test(text.replace(/^BIL/, 'BKG'));
}

/** The booking that a bill is for. */
export function bookingOfBilling(billingId: BillingId): BookingId {
  return billingId.replace(/^BIL/, 'BKG') as BookingId;
}

/** The block of nights that a booking's `round`-th block step takes; rounds start at 1. */
export function blockIdOf(bookingId: BookingId, round: number): BlockId {
  return `${bookingId}:block:${round}` as BlockId;
}
