import { z } from 'zod';
import { REASON_CODES } from '../../domain/booking';
import { DECLINE_CODES } from '../../domain/payment';
import {
  amount,
  bookingId,
  currency,
  instant,
  message,
  midnight,
  openWords,
  type Published,
  progress,
  published,
  system,
} from './fields';

/** What every message of the hotel's topics begins with. */
export const property = <Topic extends string>(topic: Topic) => ({
  eventId: z.string().describe('The same on every redelivery; also the header ce_id.'),
  eventType: z.literal(topic),
  timestamp: instant,
  confirmationNumber: z.string().nullable().describe("Null for what is not a hotel's booking."),
  system,
  propertyId: z.string().describe('Also the key.'),
});

export const ofBooking = { bookingId, ...progress };
export const reason = {
  reason: z.string().describe('Why a booking ended, in words for people.').optional(),
  reasonCode: openWords(REASON_CODES, 'The same for machines.').optional(),
};

export const itemId = z
  .string()
  .describe('What is booked: the property, or the property, a colon and the room type.');
export const nights = { roomType: z.string().nullable(), checkIn: midnight, checkOut: midnight };
export const stay = z.looseObject({
  ...nights,
  nights: z.int().positive(),
  guests: z.int().positive(),
  rooms: z.int().positive(),
});

const reservedStay = stay.extend({ roomName: z.string() });
export const price = z.looseObject({ totalPrice: amount, currency });

export const reservation = <Topic extends string>(topic: Topic, about: Published) =>
  published(
    message({
      ...property(topic),
      ...ofBooking,
      ...reason,
      guestDetails: z
        .looseObject({ guestId: z.string(), name: z.string().nullable(), email: z.string().nullable() })
        .describe('As known when the message was sent. Nulls where nothing is known, or it has been erased.'),
      stayDetails: reservedStay,
      pricingDetails: price.extend({ fee: amount.describe('What a cancel kept.').optional() }),
      previous: z
        .looseObject({ stayDetails: reservedStay, pricingDetails: price })
        .describe('What a change led away from.')
        .optional(),
      priceDifference: amount
        .describe('What the change made dearer; negative where it made it cheaper.')
        .optional(),
    }),
    about,
  );

/** A void goes on `payment.refunded`, with an amount of 0 and the voided one beside it. */
export const payment = <Topic extends string>(topic: Topic, about: Published) =>
  published(
    message({
      ...property(topic),
      ...ofBooking,
      ...reason,
      itemId,
      amount,
      currency,
      reference: z.string().nullable().describe("The provider's name for it. Never card data."),
      kind: openWords(
        ['void', 'refund', 'authorization', 'capture', 'dispute', 'dispute-won'],
        'What kind of movement, where the topic has several.',
      ).optional(),
      voidedAmount: amount.describe('With the kind void: what was held and is held no more.').optional(),
      code: z
        .string()
        .nullable()
        .meta({
          examples: Object.keys(DECLINE_CODES),
          description: 'Why a payment failed, for machines. There may be other words one day.',
        })
        .optional(),
      authorizationId: z
        .string()
        .describe('The hold that it is about. Not in what the first releases sent.')
        .optional(),
      ownerId: z.string().describe('Whose item was booked. Not in what the first releases sent.').optional(),
      disputeId: z.string().nullable().optional(),
      commission: amount.describe('Kept of what was settled with the owner.').optional(),
    }),
    about,
  );
