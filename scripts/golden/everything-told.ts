import { sayOfItem } from '../../bridge/dialects/item-facts';
import { allDialects, sayAll } from '../../bridge/dialects/table';
import { envelope } from '../../bridge/envelope';
import { publishedMessage } from '../../bridge/publication';
import type { ToldFact, ToldItemFact } from '../../bridge/told-fact';
import type { BookingFact } from '../../domain/booking';
import { type BookingState, type FactType, TRANSITIONS, type UNOPENED } from '../../domain/booking-state';
import type { BookingId, FactId, ItemId, OwnerId, TravelerId } from '../../domain/ids';
import { SYSTEMS, type System } from '../../domain/item';
import type { QuoteItems } from '../../domain/rates/quote';
import type { CalendarDate } from '../../domain/stay-dates';
import { TOPICS, type TopicSpec, type TopicWord } from '../../domain/topics';
import { UNDO_STEPS } from '../../domain/undo';
import type { OutgoingMessage } from '../../platform/kafka/port';
import { messageSchema } from '../../platform/messages/json-schema';

const RENAMES = { KAFKA_REQUEST_TOPIC: 'booking-requests', KAFKA_RESPONSE_TOPIC: 'booking-updates' };
const dialects = allDialects(RENAMES);
const money = { amount: 36_000, currency: 'USD' };
const AT = '2027-01-02T03:04:05.678Z';
const BOOKING_ID = 'BKG01ARZ3NDEKTSV4RRFFQ9' as BookingId;

/** A line of every kind, whatever it comes to. */
const QUOTE: QuoteItems = {
  lines: [
    {
      ...{ kind: 'night', date: '2027-03-28' as CalendarDate, amount: 12_000, unitPrice: 12_000 },
      applied: [
        { rule: 'weekday', name: 'sunday', changeBasisPoints: 1_000 },
        { rule: 'season', name: 'Fair', price: 18_000 },
      ],
    },
    { kind: 'discount', name: 'length-of-stay', basisPoints: -1_000, amount: -1_200 },
    { kind: 'extra-guests', guests: 1, perNight: 3_000, amount: 9_000 },
    { kind: 'fee', name: 'Final cleaning', per: 'stay', amount: 2_500 },
    { kind: 'tax', name: 'City tax', basisPoints: 500, amount: 600 },
  ],
  includedTaxes: [{ name: 'VAT', basisPoints: 700, amount: 2_424 }],
};

const PLACES = { capacity: 10, overbooking: 1, itemVersion: 7 };

const booking: ToldFact['booking'] = {
  bookingId: BOOKING_ID,
  system: 'hotel',
  itemId: 'HOTEL-001:STD' as ItemId,
  itemKind: 'room',
  itemName: 'Standard room',
  ownerId: 'owner-3' as OwnerId,
  travelerId: 'guest-1' as TravelerId,
  stay: { start: '2027-03-28' as CalendarDate, end: '2027-03-31' as CalendarDate },
  guests: 2,
  quantity: 1,
  price: money,
  bookingDetails: { seat: '12A' },
  confirmationNumber: 'RSV-2027-000123',
  guest: { name: 'Ada Lovelace', email: 'ada@example.com' },
  places: { 'HOTEL-001:STD': PLACES },
};

/** The same, but for what is peculiar to a system's bookings. */
const BOOKINGS: Readonly<Record<System, ToldFact['booking']>> = {
  stays: { ...booking, system: 'stays', itemKind: 'property', confirmationNumber: undefined },
  travel: { ...booking, system: 'travel', itemKind: 'flight', guest: { name: null, email: null } },
  hotel: { ...booking, quote: QUOTE },
};

const DETAILS = {
  ...{ amount: money, fee: money, difference: money, commission: money, released: money },
  ...{ reference: 'auth-1', authorizationId: 'auth-1', code: 'declined', disputeId: 'dispute-1' },
  from: {
    ...{ itemId: 'HOTEL-001:DLX', itemName: 'De luxe room', guests: 1, quantity: 1, price: money },
    stay: { start: '2027-04-01', end: '2027-04-02' },
  },
};

/** All that the saga may ever do to a booking, with the details that make a dialect say the most. */
const facts: BookingFact[] = Object.entries(TRANSITIONS).flatMap(([fromState, steps]) =>
  Object.entries(steps).flatMap(([type, state]) => {
    const fact: BookingFact = {
      factId: 'f4c7',
      type: type as FactType,
      bookingId: BOOKING_ID,
      sequence: 3,
      fromState: fromState as BookingState | typeof UNOPENED,
      state,
      undo: 'none',
      actor: 'SYSTEM',
      details: DETAILS,
      attempts: 1,
      at: AT,
    };
    const undone = UNDO_STEPS.flatMap((step) =>
      ['voided', 'refunded'].map((outcome) => ({ ...fact, details: { ...fact.details, step, outcome } })),
    );
    const { authorizationId: _, ...unheld } = DETAILS;
    const reason = { code: 'rejected-by-owner', text: 'Roof repair that week' } as const;
    return [
      fact,
      ...(type === 'booking.accepted' || type.startsWith('payment.') ? [{ ...fact, details: unheld }] : []),
      { ...fact, reason, actor: 'OWNER' } as const,
      { ...fact, actor: 'TRAVELER' } as const,
      ...(type === 'undo.completed' ? undone : []),
    ];
  }),
);

const itemFacts: ToldItemFact[] = (
  ['availability.closed', 'availability.opened', 'rate.updated'] as const
).map((type) => ({
  item: { ...booking, places: PLACES },
  fact: {
    ...{ factId: 'f4c7' as FactId, type, itemId: booking.itemId, version: 7, actorId: 'owner-3' },
    details: { stay: { start: '2027-03-28', end: '2027-03-31' } },
    at: AT,
  },
}));

/** An invoice comes with the confirmation of what is paid at once. */
function bookingAt({ type }: BookingFact, system: System): ToldFact['booking'] {
  const isInvoiced = system === 'travel' && type === 'booking.confirmed';
  return { ...BOOKINGS[system], ...(isInvoiced && { invoiceNumber: 'INV-owner-3-000001' }) };
}

/** What the examples of publications have in common. */
interface Example {
  readonly propertyId: string | null;
  readonly subject?: string;
  readonly timestamp: string;
}

/** What consumer groups publish, by its examples, as the bridge sends it: it takes what a group wrote as it stands. */
function publications(): OutgoingMessage[] {
  const published = (Object.entries(TOPICS) as [TopicWord, TopicSpec][]).flatMap(
    ([topic, { publishedBy }]) =>
      publishedBy === undefined
        ? []
        : (messageSchema(topic).examples as Example[]).map((message, nth) => ({
            ...{ publisher: publishedBy, topic, message: JSON.stringify(message), at: message.timestamp },
            ...{ factId: `f4c7-${nth}`, key: message.propertyId ?? message.subject ?? '' },
          })),
  );
  return published.map(({ factId, ...columns }) =>
    publishedMessage(
      {
        ...{ id: '1', lane: 0, fact_id: factId, waited: 0, booking_id: null, item_id: null },
        ...{ publication: `${columns.topic}/${columns.key}`, published: columns },
      },
      RENAMES,
    ),
  );
}

/** Whatever may be said on Kafka, of every system's booking, on the topics as they are called unless renamed. */
export function everythingTold(): OutgoingMessage[] {
  return [
    ...facts.flatMap((fact) =>
      SYSTEMS.flatMap((system) =>
        envelope(fact, sayAll(dialects, SYSTEMS, { fact, booking: bookingAt(fact, system) })),
      ),
    ),
    ...itemFacts.flatMap((told) => envelope(told.fact, sayOfItem(told))),
    ...publications(),
  ];
}
