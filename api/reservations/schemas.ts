import { z } from 'zod';
import { bookingExample, bookingSchema, timelineEntrySchema } from '../bookings/schemas';
import { priceItemsFields } from '../rates/schemas';

const instant = z.iso.datetime();
const amount = z.number();

const feeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('percent'), percent: z.number() }),
  z.object({ kind: z.literal('nights'), nights: z.int() }),
]);

const tierSchema = z.object({
  hoursBefore: z.number(),
  until: instant.meta({ description: 'Cancelled up to this instant …' }),
  refundPercent: z.number().meta({ description: '… this share of the price goes back.' }),
});

/** A reservation as the hotel's front end knows it. */
export const reservationSchema = bookingSchema
  .pick({
    ...{ id: true, _id: true, system: true, state: true, status: true, undo: true, sequence: true },
    ...{ reason: true, reasonCode: true, ownerId: true, createdAt: true, updatedAt: true, decisionBy: true },
    paymentBy: true,
  })
  .extend({
    confirmationNumber: z.string(),
    propertyId: z.string(),
    roomType: z.string(),
    guestDetails: z.object({
      guestId: z.string(),
      name: z.string().nullable(),
      email: z.string().nullable(),
    }),
    stayDetails: z.object({
      roomName: z.string(),
      checkIn: z.iso.date(),
      checkOut: z.iso.date(),
      nights: z.int(),
      guests: z.int(),
      rooms: z.int(),
      checkInFrom: instant.meta({ description: 'The guest can be checked in from here on.' }),
      checkInAt: instant,
      checkOutAt: instant.meta({ description: 'Checked out by the clock where nobody did before.' }),
      noShowAt: instant.meta({ description: 'Not checked in by now, the guest counts as a no-show.' }),
    }),
    pricingDetails: z.object({
      ...{ totalPrice: amount, currency: z.string(), ratePlan: z.string() },
      ...priceItemsFields,
    }),
    payment: z.object({
      status: bookingSchema.shape.paymentStatus,
      reference: z.string().nullable().meta({ description: "The provider's, for the hold." }),
      authorized: amount,
      captured: amount,
      voided: amount.meta({ description: 'Held and given up without being taken.' }),
      refunded: amount,
      settled: amount.meta({ description: 'Paid to the owner.' }),
      currency: z.string(),
    }),
    cancellation: z.object({
      tiers: z.array(tierSchema).meta({ description: 'Later than the last, nothing goes back.' }),
      noShow: feeSchema.nullable(),
      fee: amount.nullable().meta({ description: 'What a cancel or a no-show has cost; null before one.' }),
      refund: amount.nullable().meta({ description: 'The rest of the price.' }),
    }),
  })
  .meta({ id: 'Reservation' });

export type ReservationView = z.output<typeof reservationSchema>;

export const reservationWithTimelineSchema = reservationSchema
  .extend({ timeline: z.array(timelineEntrySchema) })
  .meta({ id: 'ReservationWithTimeline' });

export const quoteSchema = z
  .object({
    confirmationNumber: z.string(),
    asOf: instant.meta({ description: 'A cancel that comes later may cost more.' }),
    fee: amount,
    refund: amount,
    currency: z.string(),
  })
  .meta({ id: 'CancellationQuote' });

const { id, _id, state, undo, sequence, createdAt, updatedAt, decisionBy, paymentBy } = bookingExample;

export const reservationExample: ReservationView = {
  ...{ id, _id, state, undo, sequence, createdAt, updatedAt, decisionBy, paymentBy },
  system: 'hotel',
  status: 'created',
  reason: null,
  reasonCode: null,
  confirmationNumber: 'RSV-2026-000123',
  ownerId: 'owner-3',
  propertyId: 'HOTEL-001',
  roomType: 'STD',
  guestDetails: { guestId: 'traveler-1', name: 'Ann Lee', email: 'ann@example.com' },
  stayDetails: {
    roomName: 'Hotel am Park, standard room',
    checkIn: '2026-12-01',
    checkOut: '2026-12-04',
    nights: 3,
    guests: 2,
    rooms: 1,
    checkInFrom: '2026-11-30T23:00:00.000Z',
    checkInAt: '2026-12-01T14:00:00.000Z',
    checkOutAt: '2026-12-04T10:00:00.000Z',
    noShowAt: '2026-12-02T05:00:00.000Z',
  },
  pricingDetails: {
    ...{ totalPrice: 360, currency: 'USD', ratePlan: 'STANDARD' },
    lines: ['2026-12-01', '2026-12-02', '2026-12-03'].map((date) => ({
      ...{ kind: 'night' as const, date, amount: 120, unitPrice: 120, applied: [] },
    })),
    includedTaxes: [],
  },
  payment: {
    ...{ status: 'none', reference: null, authorized: 0, captured: 0, voided: 0, refunded: 0, settled: 0 },
    currency: 'USD',
  },
  cancellation: {
    tiers: [
      { hoursBefore: 48, until: '2026-11-29T14:00:00.000Z', refundPercent: 100 },
      { hoursBefore: 24, until: '2026-11-30T14:00:00.000Z', refundPercent: 50 },
    ],
    noShow: { kind: 'nights', nights: 1 },
    fee: null,
    refund: null,
  },
};
