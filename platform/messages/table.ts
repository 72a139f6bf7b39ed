import type { z } from 'zod';
import { TOPICS, type TopicWord } from '../../domain/topics';
import { analyticsAlert, analyticsReservation } from './analytics';
import { reservationExamples } from './examples/hotel';
import { paymentExamples } from './examples/payments';
import { payment, reservation } from './hotel';
import { availabilityUpdated, rateApplied, rateUpdated } from './nights-and-rates';
import { bookingRequest, bookingUpdate } from './stays';
import { travelBooking } from './travel';

/**
 * What a message looks like, by topic: the one source of it. Consumer groups check what they read against it, the
 * bridge's tests hold every dialect to it, and the published schemas are made of it.
 */
export const MESSAGES = {
  bookingRequests: bookingRequest,
  bookingUpdates: bookingUpdate,
  bookings: travelBooking,
  reservationCreated: reservation(TOPICS.reservationCreated.name, {
    description: 'A booking was opened.',
    examples: [reservationExamples.created],
  }),
  reservationConfirmed: reservation(TOPICS.reservationConfirmed.name, {
    description: 'A booking is confirmed: its nights are taken and its payment is held.',
    examples: [reservationExamples.confirmed],
  }),
  reservationModified: reservation(TOPICS.reservationModified.name, {
    description: 'A confirmed booking was changed: as it is now, and as it was.',
    examples: [reservationExamples.modified],
  }),
  reservationCancelled: reservation(TOPICS.reservationCancelled.name, {
    description: 'A booking has ended without a stay: cancelled, rejected, expired, failed, or nobody came.',
    examples: [reservationExamples.cancelled],
  }),
  reservationCheckin: reservation(TOPICS.reservationCheckin.name, {
    description: 'The guest has come.',
    examples: [reservationExamples.checkin],
  }),
  reservationCheckout: reservation(TOPICS.reservationCheckout.name, {
    description: 'The guest has left.',
    examples: [reservationExamples.checkout],
  }),
  paymentInitiated: payment(TOPICS.paymentInitiated.name, {
    description: 'A booking was accepted, and its payment is about to be asked for.',
    examples: [paymentExamples.initiated],
  }),
  paymentAuthorized: payment(TOPICS.paymentAuthorized.name, {
    description: 'A hold on the money was taken.',
    examples: [paymentExamples.authorized],
  }),
  paymentCaptured: payment(TOPICS.paymentCaptured.name, {
    description: 'Money was taken.',
    examples: [paymentExamples.captured],
  }),
  paymentFailed: payment(TOPICS.paymentFailed.name, {
    description: 'A hold was declined, or money could not be taken.',
    examples: [paymentExamples.failed],
  }),
  paymentRefunded: payment(TOPICS.paymentRefunded.name, {
    description:
      'Money was given back; or, with an amount of 0 and the kind void, a hold was given up, of the voidedAmount.',
    examples: [paymentExamples.refunded, paymentExamples.voided],
  }),
  paymentSettled: payment(TOPICS.paymentSettled.name, {
    description: 'What the owner gets is settled.',
    examples: [paymentExamples.settled],
  }),
  availabilityUpdated,
  rateUpdated,
  rateApplied,
  analyticsReservation,
  analyticsAlert,
} as const satisfies Readonly<Record<TopicWord, z.ZodType>>;

/** A message of a topic, once it has been checked. */
export type MessageOn<Topic extends TopicWord> = z.output<(typeof MESSAGES)[Topic]>;
