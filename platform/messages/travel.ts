import { z } from 'zod';
import { TRAVEL_TYPES } from '../../domain/travel-type';
import { amount, currency, instant, message, progress } from './fields';

export const travelBooking = message({
  eventType: z.enum(['booking.created', 'booking.confirmed', 'booking.cancelled', 'booking.failed']),
  timestamp: instant,
  bookingId: z.string(),
  userId: z.string(),
  type: z.enum(TRAVEL_TYPES),
  itemId: z.string(),
  quantity: z.int().positive(),
  totalAmountPaid: amount,
  /** Not in what the first releases sent. */
  currency: currency.optional(),
  data: z.looseObject({ bookingDetails: z.record(z.string(), z.unknown()) }),
  reason: z.string().optional(),
  ...progress,
});
