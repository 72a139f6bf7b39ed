import { allDialects, parseDialects, sayIn, UnknownDialect } from '../../bridge/dialects/table';
import { envelope } from '../../bridge/envelope';
import type { ToldFact } from '../../bridge/told-fact';
import type { BookingFact } from '../../domain/booking';
import { BOOKING_STATES, TRANSITIONS } from '../../domain/booking-state';
import type { BookingId, ItemId, OwnerId, TravelerId } from '../../domain/ids';
import type { System } from '../../domain/item';
import type { CalendarDate } from '../../domain/stay-dates';

const dialects = allDialects({
  KAFKA_REQUEST_TOPIC: 'booking-requests',
  KAFKA_RESPONSE_TOPIC: 'booking-updates',
});

function told(fact: Partial<BookingFact>, currency = 'USD'): ToldFact {
  return {
    fact: {
      factId: 'f4c7',
      type: 'booking.opened',
      bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9' as BookingId,
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
      bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9' as BookingId,
      system: 'stays',
      itemId: 'PROP-001' as ItemId,
      itemKind: 'property',
      itemName: 'Luxury Beach Villa',
      ownerId: 'owner-1' as OwnerId,
      travelerId: 'traveler-1' as TravelerId,
      stay: { start: '2027-03-28' as CalendarDate, end: '2027-03-31' as CalendarDate },
      guests: 2,
      quantity: 1,
      price: { amount: 89_997, currency },
      bookingDetails: {},
    },
  };
}

const say = (fact: Partial<BookingFact>) => sayIn(dialects, [], told(fact));

test('an opened booking is one message on booking-requests, in both vocabularies', () => {
  expect(say({})).toEqual([
    {
      topic: 'booking-requests',
      key: 'BKG01ARZ3NDEKTSV4RRFFQ9',
      type: 'booking-created',
      value: {
        type: 'booking-created',
        bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9',
        propertyId: 'PROP-001',
        propertyName: 'Luxury Beach Villa',
        travelerId: 'traveler-1',
        ownerId: 'owner-1',
        startDate: '2027-03-28T00:00:00.000Z',
        endDate: '2027-03-31T00:00:00.000Z',
        checkIn: '2027-03-28T00:00:00.000Z',
        checkOut: '2027-03-31T00:00:00.000Z',
        guests: 2,
        totalPrice: 899.97,
        status: 'PENDING',
        timestamp: '2027-01-02T03:04:05.678Z',
        state: 'PENDING',
        sequence: 1,
      },
    },
  ]);
});

test('a change without a reason carries none', () => {
  const fact = { type: 'booking.accepted', fromState: 'PENDING', state: 'ACCEPTED' } as const;
  expect(say({ ...fact, sequence: 2, actor: 'OWNER' })).toEqual([
    {
      topic: 'booking-updates',
      key: 'BKG01ARZ3NDEKTSV4RRFFQ9',
      type: 'booking-status-updated',
      value: {
        type: 'booking-status-updated',
        bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9',
        status: 'ACCEPTED',
        updatedBy: 'OWNER',
        travelerId: 'traveler-1',
        ownerId: 'owner-1',
        timestamp: '2027-01-02T03:04:05.678Z',
        state: 'ACCEPTED',
        sequence: 2,
      },
    },
  ]);
});

test('an ending carries its reason in words', () => {
  const fact = { type: 'booking.rejected', fromState: 'PENDING', state: 'REJECTED' } as const;
  const reason = { code: 'rejected-by-owner', text: 'Roof repair that week' } as const;
  expect(say({ ...fact, sequence: 2, actor: 'OWNER', reason }).map((message) => message.value)).toEqual([
    {
      type: 'booking-status-updated',
      bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9',
      status: 'CANCELLED',
      updatedBy: 'OWNER',
      reason: 'Roof repair that week',
      travelerId: 'traveler-1',
      ownerId: 'owner-1',
      timestamp: '2027-01-02T03:04:05.678Z',
      state: 'REJECTED',
      sequence: 2,
    },
  ]);
});

test.each([
  ['ACCEPTED', 'ACCEPTED'],
  ['PAYMENT_AUTHORIZED', 'ACCEPTED'],
  ['CONFIRMED', 'ACCEPTED'],
  ['CHECKED_IN', 'ACCEPTED'],
  ['CHECKED_OUT', 'ACCEPTED'],
  ['CANCELLED', 'CANCELLED'],
  ['REJECTED', 'CANCELLED'],
  ['EXPIRED', 'CANCELLED'],
  ['FAILED', 'CANCELLED'],
  ['NO_SHOW', 'CANCELLED'],
] as const)('entering %s is told as %s on booking-updates', (state, status) => {
  // Whichever legal step leads there.
  const steps = Object.entries(TRANSITIONS).flatMap(([from, facts]) =>
    Object.entries(facts)
      .filter(([, to]) => to === state && from !== state)
      .map(([type]) => ({ fromState: from, type }) as Pick<BookingFact, 'fromState' | 'type'>),
  );
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) {
    const messages = say({ ...step, state, sequence: 7, actor: 'SYSTEM' });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ topic: 'booking-updates', value: { status, state, sequence: 7 } });
  }
});

test('a fact that leaves the state as it is tells nobody', () => {
  const notes = BOOKING_STATES.flatMap((state) =>
    Object.entries(TRANSITIONS[state])
      .filter(([, to]) => to === state)
      .map(([type]) => ({ type, fromState: state, state }) as Partial<BookingFact>),
  );
  expect(notes.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['payment.declined', 'inventory.blocked', 'undo.completed', 'payment.settled']),
  );
  for (const note of notes) expect(say(note)).toEqual([]);
});

test('an amount is a decimal number in the digits of its currency', () => {
  const [message] = sayIn(dialects, [], told({}, 'JPY'));
  expect(message?.value.totalPrice).toBe(89_997);
});

test('a dialect that is switched on besides is spoken once, also by its own system', () => {
  expect(sayIn(dialects, ['stays'], told({}))).toHaveLength(1);
  const elsewhere = { ...told({}), booking: { ...told({}).booking, system: 'travel' } } as ToldFact;
  const topics = (further: System[]) => sayIn(dialects, further, elsewhere).map(({ topic }) => topic);
  expect(topics([])).toEqual(['bookings']);
  expect(topics(['stays'])).toEqual(['bookings', 'booking-requests']);
});

test('TOPIC_DIALECTS names systems', () => {
  expect(parseDialects(['stays', 'hotel'])).toEqual(['stays', 'hotel']);
  expect(() => parseDialects(['stay'])).toThrow(UnknownDialect);
});

test('a message wears CloudEvents headers, the same at every redelivery', () => {
  const { fact } = told({});
  const [message] = envelope(fact, say({}));
  expect(message?.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: 'f4c7:booking-requests',
    ce_type: 'booking-created',
    ce_source: '/booking-saga',
    ce_time: '2027-01-02T03:04:05.678Z',
    ce_factid: 'f4c7',
    'content-type': 'application/json',
  });
  expect(JSON.parse(message?.value ?? '')).toEqual(say({})[0]?.value);
  expect(envelope(fact, say({}))[0]).toEqual(message);
});

test('two messages of one fact on one topic have ids of their own', () => {
  const messages = [...say({}), ...say({})];
  expect(envelope(told({}).fact, messages).map(({ headers }) => headers.ce_id)).toEqual([
    'f4c7:booking-requests',
    'f4c7:booking-requests:2',
  ]);
});
