import { z } from 'zod';
import { BOOKING_STATES } from '../../domain/booking-state';
import { SYSTEMS } from '../../domain/item';

/** ISO 8601 UTC. */
export const instant = z.iso.datetime();

/** A calendar date, as midnight UTC: never to be shifted by a zone. */
export const midnight = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/, 'should be a date at midnight UTC');

/** Decimal, in the digits of its currency. */
export const amount = z.number();

export const currency = z.string().regex(/^[A-Z]{3}$/, 'should be an ISO 4217 code');

export const system = z.enum(SYSTEMS);

/** What every message about a booking carries besides its own fields. */
export const progress = {
  /** The exact state that the fact led to. */
  state: z.enum(BOOKING_STATES),
  /** Rises per booking; gaps are steps that are told to nobody. */
  sequence: z.int().positive(),
};

/** Fields that a newer version adds are no reason to refuse a message, and are kept. */
export const message = z.looseObject;
