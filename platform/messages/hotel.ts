import { z } from 'zod';
import { REASON_CODES } from '../../domain/booking';
import { amount, currency, instant, message, midnight, progress, system } from './fields';

/** What every message of the hotel's topics begins with. */
const property = <Topic extends string>(topic: Topic) => ({
  eventId: z.string(),
  eventType: z.literal(topic),
  timestamp: instant,
  /** Null for what is not a hotel's booking. */
  confirmationNumber: z.string().nullable(),
  system,
  propertyId: z.string(),
});

const ofBooking = { bookingId: z.string(), ...progress };
const reason = { reason: z.string().optional(), reasonCode: z.enum(REASON_CODES).optional() };

const nights = { roomType: z.string().nullable(), checkIn: midnight, checkOut: midnight };
const stay = z.looseObject({
  ...nights,
  nights: z.int().positive(),
  guests: z.int().positive(),
  rooms: z.int().positive(),
});

const reservedStay = stay.extend({ roomName: z.string() });
const price = z.looseObject({ totalPrice: amount, currency });

export const reservation = <Topic extends string>(topic: Topic) =>
  message({
    ...property(topic),
    ...ofBooking,
    ...reason,
    guestDetails: z.looseObject({
      guestId: z.string(),
      name: z.string().nullable(),
      email: z.string().nullable(),
    }),
    stayDetails: reservedStay,
    pricingDetails: price.extend({ fee: amount.optional() }),
    /** What a change led away from. */
    previous: z.looseObject({ stayDetails: reservedStay, pricingDetails: price }).optional(),
    /** What the change made dearer; negative where it made it cheaper. */
    priceDifference: amount.optional(),
  });

/** A void goes on `payment.refunded`, with an amount of 0 and the voided one beside it. */
export const payment = <Topic extends string>(topic: Topic) =>
  message({
    ...property(topic),
    ...ofBooking,
    ...reason,
    itemId: z.string(),
    amount,
    currency,
    reference: z.string().nullable(),
    /** The hold that it is about. Neither this nor the owner is in what the first releases sent. */
    authorizationId: z.string().optional(),
    ownerId: z.string().optional(),
    kind: z.string().optional(),
    voidedAmount: amount.optional(),
    code: z.string().nullable().optional(),
    disputeId: z.string().nullable().optional(),
    /** Kept of what was settled with the owner. */
    commission: amount.optional(),
  });

const availability = {
  ...property('availability.updated'),
  itemId: z.string(),
  stayDetails: z.looseObject(nights),
  /** What can be sold of the item for a night, and how much more of it may be, as of `itemVersion`: when it was told. */
  capacity: z.int().nonnegative().optional(),
  overbooking: z.int().nonnegative().optional(),
  itemVersion: z.int().nonnegative().optional(),
};

/** Nights that a booking took or gave back, or that an owner closed or opened. */
export const availabilityUpdated = z.union([
  message({
    ...availability,
    ...ofBooking,
    ...reason,
    change: z.enum(['blocked', 'released']),
    quantity: z.int().positive(),
  }),
  message({
    ...availability,
    change: z.enum(['closed', 'opened']),
    /** All of the item. */
    quantity: z.null(),
    updatedBy: z.string(),
    /** The item's version. */
    sequence: z.int().positive(),
  }),
]);

export const rateUpdated = message({
  ...property('rate.updated'),
  itemId: z.string(),
  /** What of the rate changed, as whoever changed it wrote it down. */
  pricingDetails: z.looseObject({}),
  updatedBy: z.string(),
  sequence: z.int().positive(),
});

export const rateApplied = message({
  ...property('rate.applied'),
  ...ofBooking,
  ...reason,
  itemId: z.string(),
  stayDetails: stay,
  pricingDetails: price.extend({ ratePlan: z.string() }),
});

/** Written by the analytics group alone; what else it holds is that group's business. */
export const analytics = message({ eventId: z.string(), eventType: z.string(), timestamp: instant });
