import type { System } from './item';

/** How long a message can be read again, and a listener may be away. */
export const TOPIC_RETENTION_MS = 7 * 24 * 3_600_000;

/** Where what could not be handled is parked. */
export const DEAD_LETTER_SUFFIX = '.dlq';

export interface TopicSpec {
  /** The name existing listeners subscribe to. */
  readonly name: string;
  /** Whose vocabulary it speaks: the bridge's dialect of that system writes it. */
  readonly dialect: System;
  /**
   * What orders its messages. `item`: the contract's propertyId. `subject`: the same of what is about an item, else
   * what it is about instead.
   */
  readonly key: 'booking' | 'item' | 'subject';
  /**
   * What a listener can tell a repeat by. `body`: every message has an `eventId`. `headers`: nothing but `ce_id`, which
   * the old listeners do not read: to them a repeat is news, and an older message is the booking's state.
   */
  readonly repeatsKnownBy: 'body' | 'headers';
  /** The environment's setting that gives it another name. */
  readonly renamedBy?: 'KAFKA_REQUEST_TOPIC' | 'KAFKA_RESPONSE_TOPIC';
  /** The consumer group that alone publishes on it. Absent: the bridge tells on it what happened to bookings and items. */
  readonly publishedBy?: string;
}

const hotel = (name: string) =>
  ({ name, dialect: 'hotel', key: 'item', repeatsKnownBy: 'body' }) as const satisfies TopicSpec;

/** Who publishes `analytics.*`, and so does not read it. */
export const ANALYTICS_GROUP = 'analytics-engine-group';
const analytics = (name: string) => ({ ...hotel(name), publishedBy: ANALYTICS_GROUP }) as const;

/** Every topic the product writes: bridge, topic creation and the scripts go by this one table. */
export const TOPICS = {
  bookingRequests: {
    name: 'booking-requests',
    dialect: 'stays',
    key: 'booking',
    repeatsKnownBy: 'headers',
    renamedBy: 'KAFKA_REQUEST_TOPIC',
  },
  bookingUpdates: {
    name: 'booking-updates',
    dialect: 'stays',
    key: 'booking',
    repeatsKnownBy: 'headers',
    renamedBy: 'KAFKA_RESPONSE_TOPIC',
  },
  bookings: { name: 'bookings', dialect: 'travel', key: 'booking', repeatsKnownBy: 'headers' },
  reservationCreated: hotel('reservation.created'),
  reservationConfirmed: hotel('reservation.confirmed'),
  reservationModified: hotel('reservation.modified'),
  reservationCancelled: hotel('reservation.cancelled'),
  reservationCheckin: hotel('reservation.checkin'),
  reservationCheckout: hotel('reservation.checkout'),
  paymentInitiated: hotel('payment.initiated'),
  paymentAuthorized: hotel('payment.authorized'),
  paymentCaptured: hotel('payment.captured'),
  paymentFailed: hotel('payment.failed'),
  paymentRefunded: hotel('payment.refunded'),
  paymentSettled: hotel('payment.settled'),
  availabilityUpdated: hotel('availability.updated'),
  rateUpdated: hotel('rate.updated'),
  rateApplied: hotel('rate.applied'),
  analyticsReservation: analytics('analytics.reservation'),
  analyticsAlert: { ...analytics('analytics.alert'), key: 'subject' },
} as const satisfies Readonly<Record<string, TopicSpec>>;
export type TopicWord = keyof typeof TOPICS;

/** The names given by the environment, by setting. */
export interface TopicRenames {
  readonly KAFKA_REQUEST_TOPIC: string;
  readonly KAFKA_RESPONSE_TOPIC: string;
}

/** What a topic is called in this environment. */
export function topicName(topic: TopicWord, renames: TopicRenames): string {
  const spec: TopicSpec = TOPICS[topic];
  return spec.renamedBy ? renames[spec.renamedBy] : spec.name;
}

/** The topics that a system's dialect writes, as this environment calls them. */
export function topicsOf(system: System, renames: TopicRenames): string[] {
  return (Object.keys(TOPICS) as TopicWord[])
    .filter((topic) => TOPICS[topic].dialect === system)
    .map((topic) => topicName(topic, renames));
}
