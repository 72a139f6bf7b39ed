import { z } from 'zod';
import { ALERT_KINDS, ALERT_STATUSES } from '../../domain/analytics/alerts';
import { RESERVATION_CHANGES } from '../../domain/analytics/changes';
import { ITEM_KINDS } from '../../domain/item';
import { amount, currency, instant, message, midnight, progress, system } from './fields';

/** One change of a reservation, as the analytics engine has counted it; of the bookings of every system. */
export const analyticsReservation = message({
  eventId: z.string(),
  eventType: z.literal('analytics.reservation'),
  timestamp: instant,
  confirmationNumber: z.string().nullable(),
  bookingId: z.string(),
  system,
  propertyId: z.string(),
  itemId: z.string(),
  itemKind: z.enum(ITEM_KINDS),
  ownerId: z.string(),
  change: z.enum(RESERVATION_CHANGES),
  /** As the engine knows it by now; null where no message has told it yet. */
  stayDetails: z
    .looseObject({
      roomType: z.string().nullable(),
      checkIn: midnight,
      checkOut: midnight,
      nights: z.int().positive(),
      rooms: z.int().positive(),
    })
    .nullable(),
  pricingDetails: z.looseObject({ totalPrice: amount, currency }).nullable(),
  ...progress,
});

/** An alert that begins or ends. */
export const analyticsAlert = message({
  eventId: z.string(),
  eventType: z.literal('analytics.alert'),
  timestamp: instant,
  confirmationNumber: z.null(),
  /** Of an alert about an item; else null. */
  propertyId: z.string().nullable(),
  itemId: z.string().nullable(),
  /** Whose business it is; null: the operators'. */
  ownerId: z.string().nullable(),
  /** The same in the message that ends it. */
  alertId: z.string(),
  kind: z.enum(ALERT_KINDS),
  status: z.enum(ALERT_STATUSES),
  /** What it is about: an item, an owner or a consumer group. */
  subject: z.string(),
  /** For people. */
  text: z.string(),
  /** What was seen when it was opened. */
  observed: z.record(z.string(), z.unknown()),
  threshold: z.record(z.string(), z.number()),
});
