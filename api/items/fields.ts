import { z } from 'zod';
import { isCurrency } from '../../domain/currency';
import { ITEM_KINDS, SYSTEMS } from '../../domain/item';
import { isTimeZone } from '../../domain/stay-clock';
import { calendarDate, guestCount, identifier, storable } from '../bookings/fields';

const DAY_SECONDS = 86_400;
/** A saga waits by timers, however long; past a month a window is a slip. */
const LONGEST_WINDOW = 30 * DAY_SECONDS;
/** What the provider keeps a hold for; a later hold would run out before it is taken. */
const LONGEST_HOLD_DAYS = 7;

const count = (highest: number) => z.int().min(0).max(highest);
const percent = z.number().min(0).max(100);

/** Part of Kafka keys, addresses and lane names, so it is held to what none of them has to escape. */
export const itemId = identifier
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, 'may hold letters, digits, dot, underscore and dash')
  .meta({ description: 'Of a hotel `PROPERTY:ROOMTYPE`.', example: 'PROP-101' });

const wallClock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, HH:mm, such as 15:00')
  .meta({ description: 'Local wall clock, HH:mm.', example: '15:00' });

const timeZone = z
  .string()
  .max(64)
  // Offsets such as +02:00 pass for zones in some runtimes, but know no summer time.
  .refine((name) => /^[A-Za-z]/.test(name) && isTimeZone(name), 'is no IANA time zone, such as Europe/Berlin')
  .meta({
    description: 'IANA name; dates and times of the item are of this zone.',
    example: 'Europe/Berlin',
  });

const currency = z
  .string()
  .refine(isCurrency, 'is no currency of ISO 4217: three capital letters, such as EUR')
  .meta({ description: 'ISO 4217.', example: 'EUR' });

const cancellation = z
  .strictObject({
    tiers: z
      .array(
        z.strictObject({
          hoursBefore: z.number().min(0).max(17_520).meta({ description: 'Cancelled at least so early …' }),
          refundPercent: percent.meta({ description: '… this share of the price goes back.' }),
        }),
      )
      .min(1)
      .max(10)
      .meta({ description: 'In any order. Later than the last of them, nothing goes back.' }),
    noShow: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('percent'), percent }),
      z.strictObject({ kind: z.literal('nights'), nights: z.int().min(1).max(365) }),
    ]),
  })
  .meta({ id: 'CancellationPolicy' });

const holdDaysBefore = z.int().min(0).max(LONGEST_HOLD_DAYS).meta({
  description: 'The hold is taken so many days before check-in; a booking nearer than that has it at once.',
});

const paymentPolicy = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('at-check-in'), holdDaysBefore }),
    z.strictObject({ kind: z.literal('prepaid') }),
    z.strictObject({ kind: z.literal('deposit'), percent: z.int().min(1).max(99), holdDaysBefore }),
  ])
  .meta({ id: 'PaymentPolicy' });

const blockPolicy = z
  .discriminatedUnion('pending', [
    z.strictObject({ pending: z.literal('free') }),
    z.strictObject({
      pending: z.literal('blocked'),
      expiresAfterSeconds: z.int().min(1).max(LONGEST_WINDOW),
    }),
  ])
  .meta({
    id: 'BlockPolicy',
    description: 'Whether a request that waits for its owner takes its nights, and for how long at most.',
  });

/** What is fixed when an item is created. */
export const fixedFields = {
  system: z.enum(SYSTEMS),
  kind: z.enum(ITEM_KINDS),
};

/** The terms of an item, each field by itself. Null takes an optional one away. */
export const termFields = {
  name: z.string().min(1).max(200).refine(storable, 'must not hold control characters'),
  nightlyPrice: z.number().min(0).max(1e9).meta({
    description:
      "Of a night, a day of a car, a flight's seat. Decimal, in the item's currency, tax included.",
    example: 120,
  }),
  currency,
  capacity: z.int().min(1).max(100_000).meta({ description: 'How many can be sold for one night.' }),
  overbooking: count(100_000).meta({ description: 'How many more than that may be sold.' }),
  maxGuests: guestCount,
  timeZone,
  checkInTime: wallClock,
  checkOutTime: wallClock,
  noShowTime: wallClock.nullable().meta({
    description: 'Of a hotel: on the day after check-in; who is not there by then never came.',
  }),
  departureDate: calendarDate.nullable().meta({ description: "A flight's, local." }),
  instant: z.boolean().meta({ description: 'Accepted without asking the owner.' }),
  decisionWindowSeconds: z.int().min(1).max(LONGEST_WINDOW).meta({
    description: 'How long the owner has to decide.',
  }),
  paymentDeadlineSeconds: z.int().min(1).max(LONGEST_WINDOW).meta({
    description: 'Counted from acceptance.',
  }),
  graceSeconds: count(LONGEST_WINDOW).meta({ description: 'To give another card after a decline.' }),
  minNights: z.int().min(1).max(365).nullable(),
  maxNights: z.int().min(1).max(365).nullable(),
  leadTimeHours: count(17_520).meta({ description: 'A booking must be made so long before check-in.' }),
  cancellation: cancellation.nullable().meta({ description: 'Null: cancelling costs nothing.' }),
  paymentPolicy,
  blockPolicy,
  onSale: z.boolean().meta({ description: 'Off sale it takes no new bookings; those it has go on.' }),
};

/** The house's share is the house's to set. */
export const houseFields = {
  commissionBasisPoints: count(10_000).meta({
    description: 'What stays with the house, hundredths of a percent. Set by an administrator.',
  }),
};
