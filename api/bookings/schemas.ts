import { z } from 'zod';
import { REASON_CODES } from '../../domain/booking';
import { BOOKING_STATES, FACT_TYPES, UNDO_STATUSES } from '../../domain/booking-state';
import { SYSTEMS } from '../../domain/item';
import { priceItemsFields } from '../rates/schemas';

const instant = z.iso.datetime();
const day = z.iso.date();

/** A booking as every answer shows it: in all its spellings at once, so that each old front end finds its own. */
export const bookingSchema = z
  .object({
    id: z.string(),
    _id: z.string(),
    system: z.enum(SYSTEMS),
    state: z.enum(BOOKING_STATES).meta({ description: 'The exact state.' }),
    confirmationNumber: z.string().nullable().meta({ description: "Of a hotel's booking." }),
    status: z.string().meta({ description: "The word that the booking's system has for the state." }),
    undo: z.enum(UNDO_STATUSES).meta({ description: 'How far the undoing of an ended booking has come.' }),
    sequence: z.int().meta({ description: 'Rises with every change.' }),
    reason: z.string().nullable().meta({ description: 'Why it ended, for people.' }),
    reasonCode: z.enum(REASON_CODES).nullable(),
    propertyId: z.string(),
    propertyName: z.string(),
    travelerId: z.string(),
    ownerId: z.string(),
    startDate: day,
    endDate: day.meta({ description: 'The day of departure; its night is not part of the stay.' }),
    checkIn: day,
    checkOut: day,
    nights: z.int(),
    guests: z.int(),
    totalPrice: z.number().meta({ description: "Decimal, in the item's currency." }),
    currency: z.string(),
    ratePlan: z.string().meta({ description: 'The rate plan of the price.' }),
    paymentStatus: z.enum([
      'none',
      'declined',
      'requires_action',
      'card_saved',
      'authorized',
      'captured',
      'voided',
      'refunded',
      'settled',
      'failed',
      'disputed',
    ]),
    paymentActionUrl: z.url().nullable().meta({
      description: 'Where the traveler confirms the payment with their bank, while that is asked for.',
    }),
    decisionBy: instant.meta({ description: 'Undecided at this instant, the request expires.' }),
    paymentBy: instant.nullable().meta({ description: 'Until when a payment method may be given.' }),
    checkInAt: instant,
    checkOutAt: instant,
    createdAt: instant,
    updatedAt: instant,
    property_id: z.string(),
    check_in_date: day,
    check_out_date: day,
    total_price: z.number(),
  })
  .meta({ id: 'Booking' });

/** A booking with what its price is made of. */
export const bookingWithPriceSchema = bookingSchema
  .extend({ pricingDetails: z.object(priceItemsFields) })
  .meta({ id: 'BookingWithPrice' });

export type BookingView = z.output<typeof bookingSchema>;

export const timelineEntrySchema = z
  .object({
    sequence: z.int(),
    type: z.enum(FACT_TYPES),
    fromState: z.enum([...BOOKING_STATES, 'NONE']),
    state: z.enum(BOOKING_STATES),
    undo: z.enum(UNDO_STATUSES),
    actor: z.enum(['OWNER', 'TRAVELER', 'SYSTEM']),
    reason: z.string().nullable(),
    reasonCode: z.enum(REASON_CODES).nullable(),
    details: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Amounts, provider references, the undone step.' }),
    attempts: z.int().meta({ description: 'How many attempts the step took.' }),
    at: instant,
  })
  .meta({ id: 'TimelineEntry' });

export const bookingExample: BookingView = {
  id: 'BKG01KAJ5M3ZC8T0V6RQ2XE1H',
  _id: 'BKG01KAJ5M3ZC8T0V6RQ2XE1H',
  system: 'stays',
  state: 'PENDING',
  confirmationNumber: null,
  status: 'PENDING',
  undo: 'none',
  sequence: 1,
  reason: null,
  reasonCode: null,
  propertyId: 'PROP-001',
  propertyName: 'Luxury Beach Villa',
  travelerId: 'traveler-1',
  ownerId: 'owner-1',
  startDate: '2026-12-01',
  endDate: '2026-12-04',
  checkIn: '2026-12-01',
  checkOut: '2026-12-04',
  nights: 3,
  guests: 2,
  totalPrice: 900,
  currency: 'USD',
  ratePlan: 'STANDARD',
  paymentStatus: 'none',
  paymentActionUrl: null,
  decisionBy: '2026-11-02T09:30:00.000Z',
  paymentBy: null,
  checkInAt: '2026-12-01T20:00:00.000Z',
  checkOutAt: '2026-12-04T16:00:00.000Z',
  createdAt: '2026-11-01T09:30:00.000Z',
  updatedAt: '2026-11-01T09:30:00.000Z',
  property_id: 'PROP-001',
  check_in_date: '2026-12-01',
  check_out_date: '2026-12-04',
  total_price: 900,
};
