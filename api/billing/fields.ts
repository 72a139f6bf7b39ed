import { z } from 'zod';
import { holdsCardNumber, isOnlyDigitsOfCardLength } from '../../domain/card-number';
import { TRAVEL_TYPES } from '../../domain/travel-type';
import { calendarDate, identifier, storable, totalPrice } from '../bookings/fields';
import { quoteIdField, ratePlanName } from '../rates/fields';

/** The largest bookingDetails, bytes of JSON. */
const DETAILS_BYTES = 16 * 1024;
const DETAILS_DEPTH = 32;
const NO_CARD_NUMBERS =
  'holds what looks like a card number; card data is never taken here, send a token of the payment provider';

/** Words with which a client asks for the traveler's stored payment method. */
const STORED_METHOD = /^(card|stored)$/i;
const PROVIDER_TOKEN = /^(tok|pm)_[\x21-\x7e]{1,250}$/;

/** How a purchase is paid: by a provider's token, or, absent, by the stored method. */
const paymentMethod = z
  .string()
  .max(255)
  .refine((text) => !isOnlyDigitsOfCardLength(text) && !holdsCardNumber(text), {
    error: NO_CARD_NUMBERS,
    abort: true,
  })
  .refine(
    (text) => STORED_METHOD.test(text) || PROVIDER_TOKEN.test(text),
    "must be a payment provider's token (tok_…), or `card` or `stored` for the stored method",
  )
  .transform((text) => (STORED_METHOD.test(text) ? undefined : text))
  .meta({
    description:
      "A payment provider's token, or `card` or `stored` for the stored payment method. Never card data.",
    example: 'tok_approved',
  });

const bookingDetails = z
  .record(z.string(), z.unknown())
  .superRefine((details, context) => {
    const message = troubleWith(details);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({
    description: 'Whatever belongs to the journey; handed to listeners as it is. Up to 16 kB, no card data.',
    example: { passengers: ['Ann Lee'], seat: '12A' },
  });

export const purchaseBody = z
  .object({
    type: z.enum(TRAVEL_TYPES),
    itemId: identifier.meta({ example: 'FLIGHT-AA601' }),
    startDate: calendarDate.optional().meta({ description: "A flight's is its departure date." }),
    endDate: calendarDate.optional(),
    quantity: z.int().min(1).max(10_000).default(1).meta({ description: 'Seats, rooms or cars.' }),
    totalAmountPaid: totalPrice.meta({ description: "In the item's currency; must equal the price." }),
    paymentMethod,
    ratePlan: ratePlanName,
    quoteId: quoteIdField,
    bookingDetails: bookingDetails.default({}),
  })
  .superRefine(({ type, startDate, endDate }, context) => {
    if (type === 'flight') return;
    for (const [field, date] of Object.entries({ startDate, endDate })) {
      if (date === undefined)
        context.addIssue({ code: 'custom', path: [field], message: `is needed for a ${type}` });
    }
  });
export type Purchase = z.output<typeof purchaseBody>;

/** What keeps an object from being stored and handed on; undefined where nothing does. */
function troubleWith(details: Readonly<Record<string, unknown>>): string | undefined {
  let level: unknown[] = [details];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DETAILS_DEPTH) return `may be nested ${DETAILS_DEPTH} levels deep`;
    const texts = level.flatMap(textsOf);
    if (!texts.every(storable)) return 'must not hold NUL or other control characters';
    if (texts.some(holdsCardNumber)) return NO_CARD_NUMBERS;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(details));
  return bytes > DETAILS_BYTES ? `may have ${DETAILS_BYTES / 1024} kB, and has ${bytes} bytes` : undefined;
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
