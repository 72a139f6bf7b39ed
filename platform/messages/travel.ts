import { z } from 'zod';
import { TRAVEL_TYPES } from '../../domain/travel-type';
import { travelExamples } from './examples/travel';
import { amount, bookingId, currency, instant, message, midnight, progress, published } from './fields';

export const travelBooking = published(
  message({
    eventType: z.enum(['booking.created', 'booking.confirmed', 'booking.cancelled', 'booking.failed']),
    timestamp: instant,
    bookingId,
    userId: z.string().describe('Who booked.'),
    type: z.enum(TRAVEL_TYPES).describe("What is booked. A home's is hotel."),
    itemId: z.string(),
    quantity: z.int().positive().describe('Seats, rooms or cars.'),
    startDate: midnight
      .describe(
        'The first day of `[startDate, endDate)`; of a flight, the day it leaves on. Not in what the first releases sent.',
      )
      .optional(),
    endDate: midnight.describe('The day after the last one. Not in what the first releases sent.').optional(),
    totalAmountPaid: amount.describe('What all of it costs; decimal, in the digits of its currency.'),
    /** Not in what the first releases sent. */
    currency: currency.optional(),
    invoiceNumber: z.string().describe('Of `booking.confirmed`, where an invoice came with it.').optional(),
    data: z.looseObject({
      bookingDetails: z
        .record(z.string(), z.unknown())
        .describe('What the traveler said of the journey. Empty where it has been erased.'),
    }),
    reason: z.string().describe('Why a booking ended, in words for people.').optional(),
    ...progress,
  }),
  {
    description: 'The word of the travel shop for a booking has become another.',
    examples: travelExamples,
  },
);
