import type { z } from 'zod';
import { TOPICS, type TopicWord } from '../../domain/topics';
import { analyticsAlert, analyticsReservation } from './analytics';
import { availabilityUpdated, payment, rateApplied, rateUpdated, reservation } from './hotel';
import { bookingRequest, bookingUpdate } from './stays';
import { travelBooking } from './travel';

/**
 * What a message looks like, by topic: the one source of it. Consumer groups check what they read against it, and the
 * bridge's tests hold every dialect to it.
 */
export const MESSAGES = {
  bookingRequests: bookingRequest,
  bookingUpdates: bookingUpdate,
  bookings: travelBooking,
  reservationCreated: reservation(TOPICS.reservationCreated.name),
  reservationConfirmed: reservation(TOPICS.reservationConfirmed.name),
  reservationModified: reservation(TOPICS.reservationModified.name),
  reservationCancelled: reservation(TOPICS.reservationCancelled.name),
  reservationCheckin: reservation(TOPICS.reservationCheckin.name),
  reservationCheckout: reservation(TOPICS.reservationCheckout.name),
  paymentInitiated: payment(TOPICS.paymentInitiated.name),
  paymentAuthorized: payment(TOPICS.paymentAuthorized.name),
  paymentCaptured: payment(TOPICS.paymentCaptured.name),
  paymentFailed: payment(TOPICS.paymentFailed.name),
  paymentRefunded: payment(TOPICS.paymentRefunded.name),
  paymentSettled: payment(TOPICS.paymentSettled.name),
  availabilityUpdated,
  rateUpdated,
  rateApplied,
  analyticsReservation,
  analyticsAlert,
} as const satisfies Readonly<Record<TopicWord, z.ZodType>>;

/** A message of a topic, once it has been checked. */
export type MessageOn<Topic extends TopicWord> = z.output<(typeof MESSAGES)[Topic]>;
