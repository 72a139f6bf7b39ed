import { z } from 'zod';
import type { ProblemCode } from '../../domain/problems';
import { reasonText } from '../bookings/fields';

export const EVERYBODY = ['traveler', 'owner', 'admin'] as const;

/** `:id` of a booking. */
export const idParams = z.object({
  id: z
    .string()
    .min(1)
    .max(128)
    .meta({ description: "The booking's id.", example: 'BKG01KAJ5M3ZC8T0V6RQ2XE1H' }),
});

export const reasonBody = z.object({ reason: reasonText.optional() });
export const reasonExample = { reason: 'Plans changed' };

export const createdHeaders = { Location: 'Address of the booking.' };

export const CREATE_PROBLEMS = [
  'invalid-request',
  'invalid-dates',
  'not-found',
  'wrong-owner',
  'price-changed',
  'quote-not-valid',
  'nights-unavailable',
  'not-on-sale',
  'outcome-unknown',
] as const satisfies ProblemCode[];

export const ACTION_PROBLEMS = [
  'invalid-request',
  'not-found',
  'illegal-transition',
  'outcome-unknown',
] as const satisfies ProblemCode[];
