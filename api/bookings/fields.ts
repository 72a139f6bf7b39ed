import { z } from 'zod';
import { holdsCardNumber, isOnlyDigitsOfCardLength } from '../../domain/card-number';
import { parseCalendarDate } from '../../domain/stay-dates';

/*
 * The fields that requests are made of. Text is held to what both Postgres and JSON documents can store: no NUL or
 * other control characters, no half of a surrogate pair.
 */
const UNSTORABLE = /[\p{Cs}\p{Cc}]/u;
const UNSTORABLE_IN_PROSE = /(?![\n\r\t])[\p{Cs}\p{Cc}]/u;

/** Whether a text can be kept. */
export function storable(text: string): boolean {
  return !UNSTORABLE_IN_PROSE.test(text);
}

export const identifier = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => !UNSTORABLE.test(text), 'must not hold control characters');

export const reasonText = z
  .string()
  .max(500)
  .refine(storable, 'must not hold control characters')
  .meta({ description: 'Told to the other side.', example: 'Plans changed' });

/** Saved cards are charged by reference, and whose a reference is nothing in it says. So nobody may send one. */
const SAVED_CARD = /^(cus|card)_/;

export const paymentToken = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be a payment provider's token")
  .refine((text) => !isOnlyDigitsOfCardLength(text) && !holdsCardNumber(text), {
    error: "looks like a card number: send a payment provider's token instead",
  })
  .refine((text) => !SAVED_CARD.test(text), {
    error: "is a saved card's reference: send a token, or nothing for the stored payment method",
  })
  .meta({ description: "A payment provider's token, never card data.", example: 'tok_approved' });

export const guestCount = z.int().min(1).max(10_000).meta({ example: 2 });

export const totalPrice = z.number().min(0).max(1e12).meta({
  description: "In the item's currency. Sent, it must equal the price.",
  example: 900,
});

/** A calendar date of the item's own time zone; a day that no calendar has is the problem `invalid-dates`. */
export const calendarDate = z
  .string()
  .max(32)
  .transform((text, context) => {
    const date = parseCalendarDate(text);
    if (date !== undefined) return date;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} is not a date of the calendar; send YYYY-MM-DD`,
      params: { problem: 'invalid-dates' },
    });
    return z.NEVER;
  })
  .meta({
    description: '`YYYY-MM-DD`, or the same as midnight UTC; never shifted by a zone.',
    example: '2026-12-01',
  });
