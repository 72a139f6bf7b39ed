import { z } from 'zod';
import { TRAVEL_TYPES } from '../../domain/travel-type';
import { bookingSchema } from '../bookings/schemas';

const booking = bookingSchema.shape;
const amount = z.number().meta({ description: "Decimal, in the item's currency." });

const invoiceSchema = z
  .object({
    number: z.string(),
    issuedAt: z.iso.datetime(),
    lines: z.array(z.object({ description: z.string(), quantity: z.int(), days: z.int(), amount })),
    total: amount.meta({ description: 'The sum of the lines: nothing once all was given back.' }),
    currency: z.string(),
  })
  .meta({ id: 'Invoice' });

/** The bill of a purchase, with where its booking stands. Names nobody: answers are kept under their keys. */
export const billingSchema = z
  .object({
    id: z.string(),
    _id: z.string(),
    billingId: z.string(),
    bookingId: z.string(),
    userId: z.string(),
    type: z.enum(TRAVEL_TYPES),
    itemId: z.string(),
    itemName: z.string(),
    startDate: booking.startDate,
    endDate: booking.endDate,
    quantity: z.int(),
    totalAmountPaid: amount,
    currency: z.string(),
    status: z.enum(['pending', 'paid', 'failed', 'refunded']).meta({ description: "The bill's own." }),
    invoiceNumber: z.string().nullable().meta({ description: 'Given when the booking is confirmed.' }),
    invoice: invoiceSchema.nullable(),
    payment: z.object({ status: booking.paymentStatus }),
    bookingStatus: z
      .string()
      .meta({ description: "The booking's: created, confirmed, cancelled or failed." }),
    state: booking.state,
    undo: booking.undo,
    sequence: booking.sequence,
    reason: booking.reason,
    reasonCode: booking.reasonCode,
    createdAt: booking.createdAt,
    updatedAt: booking.updatedAt,
  })
  .meta({ id: 'Billing' });

export type BillingView = z.output<typeof billingSchema>;

export const billingWithDetailsSchema = billingSchema
  .extend({ bookingDetails: z.record(z.string(), z.unknown()) })
  .meta({ id: 'BillingWithDetails' });

export const billingExample: BillingView = {
  id: 'BIL01KAJ5M3ZC8T0V6RQ2XE1H',
  _id: 'BIL01KAJ5M3ZC8T0V6RQ2XE1H',
  billingId: 'BIL01KAJ5M3ZC8T0V6RQ2XE1H',
  bookingId: 'BKG01KAJ5M3ZC8T0V6RQ2XE1H',
  userId: 'traveler-1',
  type: 'flight',
  itemId: 'FLIGHT-AA601',
  itemName: 'AA601 New York to San Francisco',
  startDate: '2026-12-16',
  endDate: '2026-12-17',
  quantity: 1,
  totalAmountPaid: 299.99,
  currency: 'USD',
  status: 'paid',
  invoiceNumber: 'INV-airline-1-000001',
  invoice: {
    number: 'INV-airline-1-000001',
    issuedAt: '2026-11-01T09:30:00.400Z',
    lines: [
      {
        description: 'AA601 New York to San Francisco, 2026-12-16',
        quantity: 1,
        days: 1,
        amount: 299.99,
      },
    ],
    total: 299.99,
    currency: 'USD',
  },
  payment: { status: 'captured' },
  bookingStatus: 'confirmed',
  state: 'CONFIRMED',
  undo: 'none',
  sequence: 6,
  reason: null,
  reasonCode: null,
  createdAt: '2026-11-01T09:30:00.000Z',
  updatedAt: '2026-11-01T09:30:00.400Z',
};

/** The same before it is decided. */
export const pendingExample: BillingView = {
  ...billingExample,
  status: 'pending',
  invoiceNumber: null,
  invoice: null,
  payment: { status: 'authorized' },
  bookingStatus: 'created',
  state: 'PAYMENT_AUTHORIZED',
  sequence: 3,
};
