import { z } from 'zod';
import { ACTORS } from '../../domain/booking';
import { amount, instant, message, midnight, progress } from './fields';

export const bookingRequest = message({
  type: z.literal('booking-created'),
  bookingId: z.string(),
  propertyId: z.string(),
  propertyName: z.string(),
  travelerId: z.string(),
  ownerId: z.string(),
  startDate: midnight,
  endDate: midnight,
  checkIn: midnight,
  checkOut: midnight,
  guests: z.int().positive(),
  totalPrice: amount,
  status: z.literal('PENDING'),
  timestamp: instant,
  ...progress,
});

export const bookingUpdate = message({
  type: z.literal('booking-status-updated'),
  bookingId: z.string(),
  status: z.enum(['PENDING', 'ACCEPTED', 'CANCELLED']),
  updatedBy: z.enum(ACTORS),
  reason: z.string().optional(),
  travelerId: z.string(),
  ownerId: z.string(),
  timestamp: instant,
  ...progress,
});
