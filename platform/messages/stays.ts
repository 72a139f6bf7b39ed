import { z } from 'zod';
import { ACTORS } from '../../domain/booking';
import { requestExample, updateExamples } from './examples/stays';
import { amount, bookingId, instant, message, midnight, progress, published } from './fields';

const travelerId = z.string().describe('Who booked.');
const ownerId = z.string().describe('Who decides.');

export const bookingRequest = published(
  message({
    type: z.literal('booking-created'),
    bookingId,
    propertyId: z.string(),
    propertyName: z.string(),
    travelerId,
    ownerId,
    startDate: midnight,
    endDate: midnight,
    checkIn: midnight.describe('The same as startDate, for listeners that know it by this name.'),
    checkOut: midnight.describe('The same as endDate, for listeners that know it by this name.'),
    guests: z.int().positive(),
    totalPrice: amount,
    status: z.literal('PENDING'),
    timestamp: instant,
    ...progress,
  }),
  { description: 'A booking was opened.', examples: [requestExample] },
);

export const bookingUpdate = published(
  message({
    type: z.literal('booking-status-updated'),
    bookingId,
    status: z.enum(['PENDING', 'ACCEPTED', 'CANCELLED']),
    updatedBy: z.enum(ACTORS),
    reason: z.string().describe('Why a booking ended, in words for people.').optional(),
    travelerId,
    ownerId,
    timestamp: instant,
    ...progress,
  }),
  {
    description: 'A booking that was opened has come to another state. Several states may share a status.',
    examples: updateExamples,
  },
);
