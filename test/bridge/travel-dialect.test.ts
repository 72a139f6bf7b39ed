import { allDialects, sayIn } from '../../bridge/dialects/table';
import { envelope } from '../../bridge/envelope';
import type { ToldBooking, ToldFact } from '../../bridge/told-fact';
import type { BookingFact } from '../../domain/booking';
import { BOOKING_STATES, type BookingState, TRANSITIONS } from '../../domain/booking-state';
import type { BookingId, ItemId, OwnerId, TravelerId } from '../../domain/ids';
import type { CalendarDate } from '../../domain/stay-dates';

const dialects = allDialects({
  KAFKA_REQUEST_TOPIC: 'booking-requests',
  KAFKA_RESPONSE_TOPIC: 'booking-updates',
});

const ID = 'BKG01ARZ3NDEKTSV4RRFFQ9' as BookingId;

function told(fact: Partial<BookingFact>, booking: Partial<ToldBooking> = {}): ToldFact {
  return {
    fact: {
      factId: 'f4c7',
      type: 'booking.opened',
      bookingId: ID,
      sequence: 1,
      fromState: 'NONE',
      state: 'PENDING',
      undo: 'none',
      actor: 'TRAVELER',
      details: { note: 'never told' },
      attempts: 1,
      at: '2027-01-02T03:04:05.678Z',
      ...fact,
    },
    booking: {
      bookingId: ID,
      system: 'travel',
      itemId: 'FLIGHT-AA601' as ItemId,
      itemKind: 'flight',
      itemName: 'AA601 New York to San Francisco',
      ownerId: 'airline-1' as OwnerId,
      travelerId: 'traveler-1' as TravelerId,
      stay: { start: '2027-03-28' as CalendarDate, end: '2027-03-29' as CalendarDate },
      guests: 2,
      quantity: 2,
      price: { amount: 59_998, currency: 'USD' },
      bookingDetails: { passengers: ['Ann Lee'], seat: '12A' },
      ...booking,
    },
  };
}

const say = (fact: Partial<BookingFact>) => sayIn(dialects, [], told(fact));

/** Every legal step into a state from another one. */
const stepsInto = (state: BookingState) =>
  Object.entries(TRANSITIONS).flatMap(([from, facts]) =>
    Object.entries(facts)
      .filter(([, to]) => to === state && from !== state)
      .map(([type]) => ({ type, fromState: from, state }) as Partial<BookingFact>),
  );

test('an opened booking is booking.created on bookings', () => {
  expect(say({})).toEqual([
    {
      topic: 'bookings',
      key: ID,
      type: 'booking.created',
      value: {
        eventType: 'booking.created',
        timestamp: '2027-01-02T03:04:05.678Z',
        bookingId: ID,
        userId: 'traveler-1',
        type: 'flight',
        itemId: 'FLIGHT-AA601',
        startDate: '2027-03-28T00:00:00.000Z',
        endDate: '2027-03-29T00:00:00.000Z',
        quantity: 2,
        totalAmountPaid: 599.98,
        currency: 'USD',
        data: { bookingDetails: { passengers: ['Ann Lee'], seat: '12A' } },
        state: 'PENDING',
        sequence: 1,
      },
    },
  ]);
});

test('an ending carries its reason in words', () => {
  const reason = { code: 'payment-declined', text: 'the payment was declined (card_declined)' } as const;
  const [message] = say({
    ...{ type: 'booking.failed', fromState: 'ACCEPTED', state: 'FAILED', actor: 'SYSTEM' },
    ...{ sequence: 4, reason },
  });
  expect(message?.value).toEqual({
    eventType: 'booking.failed',
    timestamp: '2027-01-02T03:04:05.678Z',
    bookingId: ID,
    userId: 'traveler-1',
    type: 'flight',
    itemId: 'FLIGHT-AA601',
    startDate: '2027-03-28T00:00:00.000Z',
    endDate: '2027-03-29T00:00:00.000Z',
    quantity: 2,
    totalAmountPaid: 599.98,
    currency: 'USD',
    data: { bookingDetails: { passengers: ['Ann Lee'], seat: '12A' } },
    reason: 'the payment was declined (card_declined)',
    state: 'FAILED',
    sequence: 4,
  });
});

test.each([
  ['CONFIRMED', 'booking.confirmed'],
  ['CANCELLED', 'booking.cancelled'],
  ['NO_SHOW', 'booking.cancelled'],
  ['REJECTED', 'booking.failed'],
  ['EXPIRED', 'booking.failed'],
  ['FAILED', 'booking.failed'],
] as const)('entering %s is told as %s', (state, eventType) => {
  const steps = stepsInto(state);
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) {
    const messages = say({ ...step, sequence: 7 });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ type: eventType, value: { eventType, state, sequence: 7 } });
  }
});

test.each(['ACCEPTED', 'PAYMENT_AUTHORIZED', 'CHECKED_IN', 'CHECKED_OUT'] as const)(
  'of %s its listeners have never heard',
  (state) => {
    for (const step of stepsInto(state)) expect(say(step)).toEqual([]);
  },
);

test('a fact that leaves the state as it is tells nobody', () => {
  const notes = BOOKING_STATES.flatMap((state) =>
    Object.entries(TRANSITIONS[state])
      .filter(([, to]) => to === state)
      .map(([type]) => ({ type, fromState: state, state }) as Partial<BookingFact>),
  );
  for (const note of notes) expect(say(note)).toEqual([]);
});

test('a stay is told here too where the dialect is switched on, as a hotel', () => {
  const stay = told({}, { system: 'stays', itemKind: 'property', bookingDetails: {} });
  expect(sayIn(dialects, [], stay).map(({ topic }) => topic)).toEqual(['booking-requests']);
  const both = sayIn(dialects, ['travel'], stay);
  expect(both.map(({ topic }) => topic)).toEqual(['booking-requests', 'bookings']);
  expect(both[1]?.value).toMatchObject({ type: 'hotel', data: { bookingDetails: {} } });
});

test('a message wears CloudEvents headers', () => {
  const { fact } = told({});
  expect(envelope(fact, say({}))[0]?.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: 'f4c7:bookings',
    ce_type: 'booking.created',
    ce_source: '/booking-saga',
    ce_time: '2027-01-02T03:04:05.678Z',
    ce_factid: 'f4c7',
    'content-type': 'application/json',
  });
});
