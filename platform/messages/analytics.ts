import { z } from 'zod';
import { ALERT_KINDS, ALERT_STATUSES } from '../../domain/analytics/alerts';
import { RESERVATION_CHANGES } from '../../domain/analytics/changes';
import { ITEM_KINDS } from '../../domain/item';
import { analyticsAlertExamples, analyticsReservationExamples } from './examples/analytics';
import {
  amount,
  currency,
  instant,
  message,
  midnight,
  openWords,
  progress,
  published,
  system,
} from './fields';

export const analyticsReservation = published(
  message({
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
    stayDetails: z
      .looseObject({
        roomType: z.string().nullable(),
        checkIn: midnight,
        checkOut: midnight,
        nights: z.int().positive(),
        rooms: z.int().positive(),
      })
      .nullable()
      .describe('As the engine knows it by now; null where no message has told it yet.'),
    pricingDetails: z.looseObject({ totalPrice: amount, currency }).nullable(),
    ...progress,
  }),
  {
    description:
      'One change of a reservation, as the analytics engine has counted it; of the bookings of every system.',
    examples: analyticsReservationExamples,
  },
);

export const analyticsAlert = published(
  message({
    eventId: z.string(),
    eventType: z.literal('analytics.alert'),
    timestamp: instant,
    confirmationNumber: z.null(),
    propertyId: z.string().nullable().describe('Of an alert about an item, and then the key; else null.'),
    itemId: z.string().nullable(),
    ownerId: z.string().nullable().describe("Whose business it is; null: the operators'."),
    alertId: z.string().describe('The same in the message that ends it.'),
    kind: openWords(ALERT_KINDS, 'What was seen.'),
    status: z.enum(ALERT_STATUSES),
    subject: z
      .string()
      .describe(
        'What it is about: an item, an owner or a consumer group. The key, where propertyId is null.',
      ),
    text: z.string().describe('For people.'),
    observed: z.record(z.string(), z.unknown()).describe('What was seen when it was opened.'),
    threshold: z.record(z.string(), z.number()),
  }),
  { description: 'An alert that begins or ends.', examples: analyticsAlertExamples },
);
