import type { z } from 'zod';
import type { DialectMessage } from '../../bridge/dialects/dialect';
import { sayOfItem } from '../../bridge/dialects/item-facts';
import { allDialects, sayAll } from '../../bridge/dialects/table';
import type { ToldFact, ToldItemFact } from '../../bridge/told-fact';
import type { BookingFact } from '../../domain/booking';
import { type BookingState, type FactType, TRANSITIONS, type UNOPENED } from '../../domain/booking-state';
import type { BookingId, FactId, ItemId, OwnerId, TravelerId } from '../../domain/ids';
import { SYSTEMS } from '../../domain/item';
import type { CalendarDate } from '../../domain/stay-dates';
import { TOPICS, type TopicWord } from '../../domain/topics';
import { UNDO_STEPS } from '../../domain/undo';
import { MESSAGES } from '../../platform/messages/table';

const dialects = allDialects({
  KAFKA_REQUEST_TOPIC: 'booking-requests',
  KAFKA_RESPONSE_TOPIC: 'booking-updates',
});
const money = { amount: 36_000, currency: 'USD' };
const BOOKING_ID = 'BKG01ARZ3NDEKTSV4RRFFQ9' as BookingId;

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
  invoiceNumber: 'INV-owner-3-000001',
  places: { 'HOTEL-001:STD': { capacity: 5, overbooking: 1, itemVersion: 7 } },
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
      at: '2027-01-02T03:04:05.678Z',
    };
    const undone = UNDO_STEPS.flatMap((step) =>
      ['voided', 'refunded'].map((outcome) => ({ ...fact, details: { ...fact.details, step, outcome } })),
    );
    const reason = { code: 'rejected-by-owner', text: 'Roof repair that week' } as const;
    return [fact, { ...fact, reason }, ...(type === 'undo.completed' ? undone : [])];
  }),
);

const itemFacts: ToldItemFact[] = (
  ['availability.closed', 'availability.opened', 'rate.updated'] as const
).map((type) => ({
  item: { ...booking, places: { capacity: 5, overbooking: 1, itemVersion: 7 } },
  fact: {
    ...{ factId: 'f4c7' as FactId, type, itemId: booking.itemId, version: 7, actorId: 'owner-3' },
    details: { stay: { start: '2027-03-28', end: '2027-03-31' } },
    at: '2027-01-02T03:04:05.678Z',
  },
}));

const said: DialectMessage[] = [
  ...facts.flatMap((fact) =>
    SYSTEMS.flatMap((system) => sayAll(dialects, SYSTEMS, { fact, booking: { ...booking, system } })),
  ),
  ...itemFacts.flatMap(sayOfItem),
];

function schemaOf(topic: string): z.ZodType {
  const word = (Object.keys(TOPICS) as TopicWord[]).find((known) => TOPICS[known].name === topic);
  if (!word) throw new Error(`no topic ${topic}`);
  return MESSAGES[word];
}

/** The fields that a schema knows, in any of its shapes. */
function fieldsOf(schema: z.ZodType): string[] {
  const { options, shape } = schema as { options?: z.ZodType[]; shape?: object };
  return options ? options.flatMap(fieldsOf) : Object.keys(shape ?? {});
}

test('all topics are spoken on but those that another publisher has', () => {
  const spoken = new Set(said.map(({ topic }) => topic));
  const silent = Object.values(TOPICS).filter(({ name }) => !spoken.has(name));
  expect(silent.map(({ name }) => name)).toEqual(['analytics.reservation']);
});

test('whatever a dialect says fits the schema of its topic, and has no field that the schema does not know', () => {
  expect(said.length).toBeGreaterThan(300);
  for (const { topic, value } of said) {
    const schema = schemaOf(topic);
    const { error } = schema.safeParse(JSON.parse(JSON.stringify(value)));
    expect({ topic, value, issues: error?.issues }).toEqual({ topic, value, issues: undefined });
    const unknown = Object.keys(value).filter((field) => !fieldsOf(schema).includes(field));
    expect({ topic, unknown }).toEqual({ topic, unknown: [] });
  }
});
