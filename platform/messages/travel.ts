import { z } from 'zod';
import { TRAVEL_TYPES } from '../../domain/travel-type';
import { amount, currency, instant, message, midnight, progress } from './fields';

export const travelBooking = message({
  eventType: z.enum(['booking.created', 'booking.confirmed', 'booking.cancelled', 'booking.failed']),
  timestamp: instant,
  bookingId: z.string(),
  userId: z.string(),
  type: z.enum(TRAVEL_TYPES),
  itemId: z.string(),
  quantity: z.int().positive(),
  /** The days of `[startDate, endDate)`; of a flight, the day it leaves on. Not in what the first releases sent. */
  startDate: midnight.optional(),
  endDate: midnight.optional(),
  totalAmountPaid: amount,
  /** Not in what the first releases sent. */
  currency: currency.optional(),
  /** Of `booking.confirmed`, where an invoice came with it. */
  invoiceNumber: z.string().optional(),
  data: z.looseObject({ bookingDetails: z.record(z.string(), z.unknown()) }),
  reason: z.string().optional(),
  ...progress,
});
