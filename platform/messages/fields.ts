import { z } from 'zod';
import { BOOKING_STATES } from '../../domain/booking-state';
import { SYSTEMS } from '../../domain/item';

/** When it came about. */
export const instant = z.iso.datetime().describe('When it came about: ISO 8601, UTC.');

/** A calendar date, as midnight UTC: never to be shifted by a zone. */
export const midnight = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/, 'should be a date at midnight UTC')
  .describe(
    "A calendar date of the item's own time zone, written as midnight UTC. Not to be shifted by a zone.",
  );

export const amount = z.number().describe('Decimal, with no more digits than its currency has.');

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'should be an ISO 4217 code')
  .describe('ISO 4217.');

export const system = z.enum(SYSTEMS).describe("Which system's item was booked.");

export const bookingId = z.string().describe('The booking, in all systems: BKG and 26 letters and digits.');

/**
 * Words of which there may be more one day. What is not open in this way is an enum, and stays as it is.
 * @param known those that there are
 */
export const openWords = (known: readonly [string, ...string[]], description: string) =>
  z.string().meta({ examples: [...known], description: `${description} There may be other words one day.` });

/** What every message about a booking carries besides its own fields. */
export const progress = {
  state: z
    .enum(BOOKING_STATES)
    .describe('The exact state that the fact led to, whatever the words of the topic for it.'),
  sequence: z
    .int()
    .positive()
    .describe(
      'Rises for each booking. Gaps are steps that are told to nobody. A lower one is an older message.',
    ),
};

/** Fields that a newer version adds are no reason to refuse a message, and are kept. */
export const message = z.looseObject;

/** What is published of a message besides its fields. */
export interface Published {
  readonly description: string;
  /** Messages as they are told. */
  readonly examples: readonly [object, ...object[]];
}

/** A message with what is published of it. */
export function published<Schema extends z.ZodType>(
  schema: Schema,
  { description, examples }: Published,
): Schema {
  return schema.meta({ description, examples: [...examples] });
}
