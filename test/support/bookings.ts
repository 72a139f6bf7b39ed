import { randomBytes } from 'node:crypto';
import type { BookingRequest } from '../../domain/booking';
import type { CancellationPolicy } from '../../domain/cancellation';
import {
  type BookingId,
  billingIdOf,
  type ItemId,
  mintBookingId,
  type OwnerId,
  type TravelerId,
} from '../../domain/ids';
import { addDays, type CalendarDate } from '../../domain/stay-dates';
import type { TestDatabase } from './database';

export const OWNER = 'owner-1' as OwnerId;
export const TRAVELER = 'traveler-1' as TravelerId;
export const byOwner = { role: 'OWNER', id: OWNER } as const;
export const byTraveler = { role: 'TRAVELER', id: TRAVELER } as const;
export const bySystem = { role: 'SYSTEM', id: 'admin-1' } as const;

/**
 * Puts an item into the catalogue; one place a night unless said otherwise. However far ahead the stay, the hold is
 * taken at acceptance.
 */
export async function addItem(database: TestDatabase, id: string, capacity = 1): Promise<ItemId> {
  await database.query(
    `INSERT INTO booking.items (id, system, kind, owner_id, name, nightly_amount, currency, capacity, max_guests,
       time_zone, check_in_time, check_out_time, decision_window_seconds, payment_deadline_seconds, grace_seconds,
       payment_policy)
     VALUES ($1, 'stays', 'property', $2, 'Luxury Beach Villa', 30000, 'USD', $3, 8,
       'America/New_York', '15:00', '11:00', 86400, 86400, 900,
       '{"kind": "at-check-in", "holdDaysBefore": 800}')`,
    [id, OWNER, capacity],
  );
  return id as ItemId;
}

export interface RequestOptions {
  readonly itemId: ItemId;
  /** The saga's clock, milliseconds; the stay begins 30 days on unless said otherwise. */
  readonly now: number;
  readonly daysAhead?: number;
  readonly nights?: number;
  readonly token?: string | undefined;
  readonly instant?: boolean;
}

/** A travel request: accepted at once, no second card, paid before it is confirmed, with a bill. */
export function travelRequest(options: RequestOptions): BookingRequest {
  const request = bookingRequest({ ...options, instant: true });
  return {
    ...request,
    system: 'travel',
    billingId: billingIdOf(request.bookingId),
    terms: { ...request.terms, graceSeconds: 0, capture: 'before-confirmation' },
  };
}

/** Adds a hotel's room type: cancelled free until 48 hours before check-in, at half price until 24; no-show one night. */
export async function addRoom(database: TestDatabase, id: string, capacity = 1): Promise<ItemId> {
  await database.query(
    `INSERT INTO booking.items (id, system, kind, owner_id, name, nightly_amount, currency, capacity, max_guests,
       time_zone, check_in_time, check_out_time, decision_window_seconds, payment_deadline_seconds, grace_seconds,
       instant, cancellation_policy, no_show_time)
     VALUES ($1, 'hotel', 'room', $2, 'Standard room', 12000, 'USD', $3, 2,
       'Europe/Berlin', '15:00', '11:00', 86400, 86400, 900, true, $4, '06:00')`,
    [id, OWNER, capacity, JSON.stringify(HOTEL_POLICY)],
  );
  return id as ItemId;
}

const HOTEL_POLICY: CancellationPolicy = {
  tiers: [
    { hoursBefore: 48, refundPercent: 100 },
    { hoursBefore: 24, refundPercent: 50 },
  ],
  noShow: { kind: 'nights', nights: 1 },
};

/** A hotel request: accepted at once, kept by the owner, three nights at 120.00 USD, cancelled under a policy. */
export function hotelRequest(options: RequestOptions): BookingRequest {
  const { instant = true, nights = 3 } = options;
  const request = bookingRequest({ ...options, instant });
  const { start, end } = request.stay;
  return {
    ...request,
    system: 'hotel',
    itemName: 'Standard room',
    price: { amount: 12_000 * nights, currency: 'USD' },
    terms: {
      ...request.terms,
      checkInAt: `${start}T14:00:00.000Z`,
      checkOutAt: `${end}T10:00:00.000Z`,
      stay: 'by-owner',
      checkInFrom: `${addDays(start, -1)}T23:00:00.000Z`,
      noShowAt: `${addDays(start, 1)}T05:00:00.000Z`,
      cancellation: HOTEL_POLICY,
    },
  };
}

/** A request for three nights at 300.00 USD, paid with a card that is approved. */
export function bookingRequest(options: RequestOptions): BookingRequest {
  const { itemId, now, daysAhead = 30, nights = 3, instant = false } = options;
  const token = 'token' in options ? options.token : 'tok_approved';
  const start = addDays(new Date(now).toISOString().slice(0, 10) as CalendarDate, daysAhead);
  const end = addDays(start, nights);
  return {
    bookingId: newBookingId(now),
    system: 'stays',
    itemId,
    itemName: 'Luxury Beach Villa',
    ownerId: OWNER,
    travelerId: TRAVELER,
    stay: { start, end },
    guests: 2,
    quantity: 1,
    price: { amount: 30_000 * nights, currency: 'USD' },
    ...(token !== undefined && { paymentToken: token }),
    terms: {
      instant,
      decisionWindowSeconds: 86_400,
      paymentDeadlineSeconds: 86_400,
      graceSeconds: 900,
      checkInAt: `${start}T20:00:00.000Z`,
      checkOutAt: `${end}T16:00:00.000Z`,
    },
  };
}

export function newBookingId(now = Date.now()): BookingId {
  return mintBookingId(now, randomBytes(10));
}
