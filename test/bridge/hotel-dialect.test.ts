import { allDialects, sayAll } from '../../bridge/dialects/table';
import { envelope } from '../../bridge/envelope';
import type { ToldFact } from '../../bridge/told-fact';
import type { BookingFact } from '../../domain/booking';
import { TRANSITIONS } from '../../domain/booking-state';
import type { BookingId, ItemId, OwnerId, TravelerId } from '../../domain/ids';
import type { CalendarDate } from '../../domain/stay-dates';

const dialects = allDialects({
  KAFKA_REQUEST_TOPIC: 'booking-requests',
  KAFKA_RESPONSE_TOPIC: 'booking-updates',
});
const usd = (amount: number) => ({ amount, currency: 'USD' });
const BOOKING_ID = 'BKG01ARZ3NDEKTSV4RRFFQ9' as BookingId;

const room: ToldFact['booking'] = {
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
  price: usd(36_000),
  bookingDetails: {},
  confirmationNumber: 'RSV-2027-000123',
  guest: { name: 'Ada Lovelace', email: 'ada@example.com' },
};

function told(fact: Partial<BookingFact>, booking = room): ToldFact {
  return {
    booking,
    fact: {
      factId: 'f4c7',
      type: 'booking.opened',
      bookingId: BOOKING_ID,
      sequence: 1,
      fromState: 'NONE',
      state: 'PENDING',
      undo: 'none',
      actor: 'TRAVELER',
      details: {},
      attempts: 1,
      at: '2027-01-02T03:04:05.678Z',
      ...fact,
    },
  };
}

const say = (fact: Partial<BookingFact>, booking = room) => sayAll(dialects, [], told(fact, booking));

/** What every message of this booking says. */
const HEAD = {
  timestamp: '2027-01-02T03:04:05.678Z',
  confirmationNumber: 'RSV-2027-000123',
  bookingId: BOOKING_ID,
  system: 'hotel',
  propertyId: 'HOTEL-001',
};
const RESERVATION = {
  guestDetails: { guestId: 'guest-1', name: 'Ada Lovelace', email: 'ada@example.com' },
  stayDetails: {
    roomType: 'STD',
    roomName: 'Standard room',
    checkIn: '2027-03-28T00:00:00.000Z',
    checkOut: '2027-03-31T00:00:00.000Z',
    nights: 3,
    guests: 2,
    rooms: 1,
  },
  pricingDetails: { totalPrice: 360, currency: 'USD' },
};

test('a reservation is told whole, keyed by its property, with the guest as known when it is sent', () => {
  expect(say({})).toEqual([
    {
      topic: 'reservation.created',
      key: 'HOTEL-001',
      type: 'reservation.created',
      value: {
        eventId: 'f4c7:reservation.created',
        eventType: 'reservation.created',
        ...HEAD,
        ...RESERVATION,
        state: 'PENDING',
        sequence: 1,
      },
    },
  ]);
});

test('a listener’s eventId is the header’s', () => {
  const fact = told({}).fact;
  expect(envelope(fact, say({})).map(({ headers }) => headers.ce_id)).toEqual(['f4c7:reservation.created']);
});

test('a guest who was erased is an id', () => {
  const [message] = say({}, { ...room, guest: { name: null, email: null } });
  expect(message?.value.guestDetails).toEqual({ guestId: 'guest-1', name: null, email: null });
});

test.each([
  ['CONFIRMED', 'reservation.confirmed'],
  ['CHECKED_IN', 'reservation.checkin'],
  ['CHECKED_OUT', 'reservation.checkout'],
  ['CANCELLED', 'reservation.cancelled'],
  ['NO_SHOW', 'reservation.cancelled'],
  ['REJECTED', 'reservation.cancelled'],
  ['EXPIRED', 'reservation.cancelled'],
  ['FAILED', 'reservation.cancelled'],
] as const)('entering %s is told on %s', (state, topic) => {
  const steps = Object.entries(TRANSITIONS).flatMap(([from, facts]) =>
    Object.entries(facts)
      .filter(([, to]) => to === state && from !== state)
      .map(([type]) => ({ fromState: from, type }) as Pick<BookingFact, 'fromState' | 'type'>),
  );
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) {
    const [message] = say({ ...step, state, sequence: 7 });
    expect(message).toMatchObject({ topic, value: { state, sequence: 7 } });
  }
});

test('a cancel says why, and what was kept', () => {
  const cancelled = {
    type: 'booking.cancelled',
    fromState: 'CONFIRMED',
    state: 'CANCELLED',
    sequence: 6,
    reason: { code: 'cancelled-by-traveler', text: 'Plans changed' },
  } as const;
  expect(say({ ...cancelled, details: { fee: usd(18_000) } })[0]?.value).toEqual({
    eventId: 'f4c7:reservation.cancelled',
    eventType: 'reservation.cancelled',
    ...HEAD,
    ...RESERVATION,
    pricingDetails: { totalPrice: 360, currency: 'USD', fee: 180 },
    reason: 'Plans changed',
    reasonCode: 'cancelled-by-traveler',
    state: 'CANCELLED',
    sequence: 6,
  });
  expect(say(cancelled)[0]?.value.pricingDetails).toMatchObject({ fee: 0 });
});

describe('money', () => {
  const paid = { ownerId: 'owner-3', itemId: 'HOTEL-001:STD', currency: 'USD' };
  const cases: [string, Partial<BookingFact>, string, object][] = [
    [
      'begins with the acceptance',
      { type: 'booking.accepted', fromState: 'PENDING', state: 'ACCEPTED' },
      'payment.initiated',
      { amount: 360, reference: null },
    ],
    [
      'is held',
      {
        type: 'payment.authorized',
        fromState: 'ACCEPTED',
        state: 'PAYMENT_AUTHORIZED',
        details: { amount: usd(36_000), reference: 'auth_1' },
      },
      'payment.authorized',
      { amount: 360, reference: 'auth_1' },
    ],
    [
      'is declined',
      {
        type: 'payment.declined',
        fromState: 'ACCEPTED',
        state: 'ACCEPTED',
        details: { amount: usd(36_000), code: 'card_declined' },
      },
      'payment.failed',
      { amount: 360, reference: null, kind: 'authorization', code: 'card_declined' },
    ],
    [
      'is taken',
      {
        type: 'payment.captured',
        fromState: 'CHECKED_IN',
        state: 'CHECKED_IN',
        details: { amount: usd(36_000), reference: 'auth_1' },
      },
      'payment.captured',
      { amount: 360, reference: 'auth_1' },
    ],
    [
      'cannot be taken',
      {
        type: 'payment.capture-failed',
        fromState: 'CHECKED_IN',
        state: 'CHECKED_IN',
        details: { amount: usd(36_000), code: 'hold_not_open' },
      },
      'payment.failed',
      { amount: 360, reference: null, kind: 'capture', code: 'hold_not_open' },
    ],
    [
      'is given up before it was taken',
      {
        type: 'undo.completed',
        fromState: 'CANCELLED',
        state: 'CANCELLED',
        details: { step: 'void-authorization', amount: usd(36_000), outcome: 'voided' },
      },
      'payment.refunded',
      { amount: 0, reference: null, kind: 'void', voidedAmount: 360 },
    ],
    [
      'is given up but for a fee',
      {
        type: 'undo.completed',
        fromState: 'NO_SHOW',
        state: 'NO_SHOW',
        details: { step: 'void-authorization', amount: usd(24_000), outcome: 'rest-released' },
      },
      'payment.refunded',
      { amount: 0, reference: null, kind: 'void', voidedAmount: 240 },
    ],
    [
      'goes back',
      {
        type: 'undo.completed',
        fromState: 'CANCELLED',
        state: 'CANCELLED',
        details: { step: 'refund-payment', amount: usd(36_000), outcome: 'refunded' },
      },
      'payment.refunded',
      { amount: 360, reference: null, kind: 'refund' },
    ],
    [
      'goes back in part, long after the end',
      {
        ...{ type: 'payment.refunded', fromState: 'CHECKED_OUT', state: 'CHECKED_OUT' },
        details: { amount: usd(10_000), authorizationId: 'auth_1', reference: 'refund_1', kind: 'refund' },
      },
      'payment.refunded',
      { amount: 100, reference: 'refund_1', authorizationId: 'auth_1', kind: 'refund' },
    ],
    [
      'is given up because another hold took its place',
      {
        ...{ type: 'payment.voided', fromState: 'CONFIRMED', state: 'CONFIRMED' },
        details: { amount: usd(36_000), authorizationId: 'auth_1' },
      },
      'payment.refunded',
      { amount: 0, reference: null, authorizationId: 'auth_1', kind: 'void', voidedAmount: 360 },
    ],
    [
      'is withdrawn because of a dispute',
      {
        ...{ type: 'payment.disputed', fromState: 'CHECKED_OUT', state: 'CHECKED_OUT' },
        details: { amount: usd(36_000), authorizationId: 'auth_1', disputeId: 'dp_1' },
      },
      'payment.refunded',
      { amount: 360, reference: null, authorizationId: 'auth_1', kind: 'dispute', disputeId: 'dp_1' },
    ],
    [
      'comes back with a dispute that was won',
      {
        ...{ type: 'payment.dispute-won', fromState: 'CHECKED_OUT', state: 'CHECKED_OUT' },
        details: { amount: usd(36_000), authorizationId: 'auth_1', disputeId: 'dp_1' },
      },
      'payment.captured',
      { amount: 360, reference: null, authorizationId: 'auth_1', kind: 'dispute-won', disputeId: 'dp_1' },
    ],
    [
      'is with us again because the bank sent a refund back',
      {
        ...{ type: 'payment.captured', fromState: 'CHECKED_OUT', state: 'CHECKED_OUT' },
        details: { amount: usd(10_000), reference: 're_1', kind: 'refund-failed' },
      },
      'payment.captured',
      { amount: 100, reference: 're_1', kind: 'refund-failed' },
    ],
    [
      'goes to the owner but for a commission',
      {
        ...{ type: 'payment.settled', fromState: 'CHECKED_OUT', state: 'CHECKED_OUT' },
        details: { amount: usd(32_400), commission: usd(3_600), reference: 'payout_1' },
      },
      'payment.settled',
      { amount: 324, commission: 36, reference: 'payout_1' },
    ],
    [
      'goes to the owner',
      {
        type: 'payment.settled',
        fromState: 'CHECKED_OUT',
        state: 'CHECKED_OUT',
        details: { amount: usd(36_000), reference: 'payout_1', ownerId: 'owner-3' },
      },
      'payment.settled',
      { amount: 360, reference: 'payout_1' },
    ],
  ];

  test.each(cases)('that %s', (_, fact, topic, details) => {
    expect(say({ sequence: 4, ...fact })).toEqual([
      {
        topic,
        key: 'HOTEL-001',
        type: topic,
        value: {
          eventId: `f4c7:${topic}`,
          eventType: topic,
          ...HEAD,
          ...paid,
          ...details,
          state: fact.state,
          sequence: 4,
        },
      },
    ]);
  });

  test('that is taken in part for good gives the rest of its hold up, told besides', () => {
    const details = { amount: usd(30_000), released: usd(6_000), reference: 'auth_1' };
    const messages = say({ type: 'payment.captured', fromState: 'CHECKED_IN', state: 'CHECKED_IN', details });
    expect(messages).toMatchObject([
      { topic: 'payment.captured', value: { amount: 300 } },
      { topic: 'payment.refunded', value: { amount: 0, kind: 'void', voidedAmount: 60 } },
    ]);
    expect(new Set(messages.map(({ value }) => value.eventId)).size).toBe(2);
  });

  test('that stays withdrawn once a dispute is lost is not told a second time', () => {
    const details = { amount: usd(36_000), disputeId: 'dp_1' };
    const lost = { type: 'payment.dispute-lost', fromState: 'CHECKED_OUT', state: 'CHECKED_OUT' } as const;
    expect(say({ ...lost, details })).toEqual([]);
  });

  test.each([
    ['there was no hold', { step: 'void-authorization', amount: usd(36_000), outcome: 'nothing-held' }],
    ['all was kept', { step: 'void-authorization', amount: usd(0), outcome: 'rest-released' }],
    ['nothing was taken', { step: 'refund-payment', amount: usd(36_000), outcome: 'nothing-captured' }],
  ])('is not said to go back where %s', (_, details) => {
    expect(say({ type: 'undo.completed', fromState: 'CANCELLED', state: 'CANCELLED', details })).toEqual([]);
  });
});

describe('nights', () => {
  const blocked = {
    type: 'inventory.blocked',
    fromState: 'PAYMENT_AUTHORIZED',
    state: 'PAYMENT_AUTHORIZED',
    sequence: 4,
    details: { stay: { start: '2027-03-28', end: '2027-03-31' } },
  } as const;

  test('that are taken', () => {
    expect(say(blocked)).toEqual([
      {
        topic: 'availability.updated',
        key: 'HOTEL-001',
        type: 'availability.updated',
        value: {
          eventId: 'f4c7:availability.updated',
          eventType: 'availability.updated',
          ...HEAD,
          itemId: 'HOTEL-001:STD',
          stayDetails: {
            roomType: 'STD',
            checkIn: '2027-03-28T00:00:00.000Z',
            checkOut: '2027-03-31T00:00:00.000Z',
          },
          change: 'blocked',
          quantity: 1,
          state: 'PAYMENT_AUTHORIZED',
          sequence: 4,
        },
      },
    ]);
  });

  test('that can be sold again: all but the first, which was kept for a guest who never came', () => {
    const details = { step: 'release-nights', stay: { start: '2027-03-29', end: '2027-03-31' } };
    const [message] = say({ type: 'undo.completed', fromState: 'NO_SHOW', state: 'NO_SHOW', details });
    expect(message).toMatchObject({
      topic: 'availability.updated',
      value: { change: 'released', stayDetails: { checkIn: '2027-03-29T00:00:00.000Z' } },
    });
  });

  test('that a request kept while it waited for its owner, and gave back undecided', () => {
    const details = { blockId: 'b', stay: { start: '2027-03-28', end: '2027-03-31' } };
    const pending = { fromState: 'PENDING', state: 'PENDING', details } as const;
    expect(say({ type: 'inventory.blocked', ...pending, sequence: 2 })).toMatchObject([
      { topic: 'availability.updated', value: { change: 'blocked', state: 'PENDING', sequence: 2 } },
    ]);
    expect(say({ type: 'inventory.released', ...pending, sequence: 3 })).toMatchObject([
      {
        topic: 'availability.updated',
        value: { change: 'released', stayDetails: { checkIn: '2027-03-28T00:00:00.000Z' }, sequence: 3 },
      },
    ]);
  });

  test('of a fact of an earlier release, which does not name them, are the booking’s', () => {
    expect(say({ ...blocked, details: {} })).toEqual(say(blocked));
  });
});

describe('the rate', () => {
  const confirmed = {
    type: 'booking.confirmed',
    fromState: 'PAYMENT_AUTHORIZED',
    state: 'CONFIRMED',
    sequence: 5,
  } as const;
  const rateOf = (fact: Partial<BookingFact>, booking = room) =>
    say(fact, booking).filter(({ topic }) => topic === 'rate.applied');
  const night = (date: string, cents: number) => ({
    ...{ kind: 'night' as const, date: date as CalendarDate, amount: cents, unitPrice: cents },
  });

  test('is told line by line once the booking is confirmed, and names nobody', () => {
    const quote: ToldFact['booking']['quote'] = {
      lines: [
        { ...night('2027-03-28', 12_000), applied: [] },
        { ...night('2027-03-29', 12_000), applied: [{ rule: 'season', name: 'Fair', price: 12_000 }] },
        {
          ...night('2027-03-30', 13_200),
          applied: [{ rule: 'occupancy', changeBasisPoints: 1000 }],
        },
        { kind: 'discount', name: 'length-of-stay', basisPoints: 1250, amount: -4650 },
        { kind: 'extra-guests', guests: 1, perNight: 500, amount: 1500 },
        { kind: 'fee', name: 'Final cleaning', per: 'stay', amount: 2500 },
        { kind: 'tax', name: 'City tax', basisPoints: 500, amount: 1828 },
      ],
      includedTaxes: [{ name: 'VAT', basisPoints: 700, amount: 2391 }],
    };
    const booking = { ...room, ratePlan: 'FLEX', quote, price: usd(38_378) };
    expect(rateOf(confirmed, booking)).toEqual([
      {
        topic: 'rate.applied',
        key: 'HOTEL-001',
        type: 'rate.applied',
        value: {
          eventId: 'f4c7:rate.applied',
          eventType: 'rate.applied',
          ...HEAD,
          itemId: 'HOTEL-001:STD',
          stayDetails: {
            roomType: 'STD',
            checkIn: '2027-03-28T00:00:00.000Z',
            checkOut: '2027-03-31T00:00:00.000Z',
            nights: 3,
            guests: 2,
            rooms: 1,
          },
          pricingDetails: {
            ratePlan: 'FLEX',
            totalPrice: 383.78,
            currency: 'USD',
            lines: [
              { kind: 'night', date: '2027-03-28', amount: 120, unitPrice: 120, applied: [] },
              {
                ...{ kind: 'night', date: '2027-03-29', amount: 120, unitPrice: 120 },
                applied: [{ rule: 'season', name: 'Fair', price: 120 }],
              },
              {
                ...{ kind: 'night', date: '2027-03-30', amount: 132, unitPrice: 132 },
                applied: [{ rule: 'occupancy', percent: 10 }],
              },
              { kind: 'discount', name: 'length-of-stay', percent: 12.5, amount: -46.5 },
              { kind: 'extra-guests', guests: 1, perNight: 5, amount: 15 },
              { kind: 'fee', name: 'Final cleaning', per: 'stay', amount: 25 },
              { kind: 'tax', name: 'City tax', percent: 5, amount: 18.28 },
            ],
            includedTaxes: [{ name: 'VAT', percent: 7, amount: 23.91 }],
          },
          state: 'CONFIRMED',
          sequence: 5,
        },
      },
    ]);
  });

  test('of a booking whose quote was not kept is the same every night', () => {
    const pricing = rateOf(confirmed)[0]?.value.pricingDetails;
    expect(pricing).toMatchObject({
      ...{ ratePlan: 'STANDARD', totalPrice: 360, includedTaxes: [] },
      lines: [
        { date: '2027-03-28', amount: 120 },
        { date: '2027-03-29', amount: 120 },
        { date: '2027-03-30', amount: 120 },
      ],
    });
  });

  test('is told again when the booking is changed, and at no other time', () => {
    const changed = { ...confirmed, type: 'booking.modified', fromState: 'CONFIRMED' } as const;
    expect(rateOf(changed)).toHaveLength(1);
    const opened = { type: 'booking.opened', fromState: 'NONE', state: 'PENDING' } as const;
    const captured = { type: 'payment.captured', fromState: 'CHECKED_IN', state: 'CHECKED_IN' } as const;
    expect([...rateOf(opened), ...rateOf(captured)]).toEqual([]);
  });

  test('of another system’s booking is told besides, under its item', () => {
    const { confirmationNumber: _, ...villa } = {
      ...room,
      system: 'stays' as const,
      itemId: 'PROP-001' as ItemId,
    };
    expect(rateOf(confirmed, villa)).toMatchObject([
      { key: 'PROP-001', value: { confirmationNumber: null } },
    ]);
  });
});

test('money and nights of another system are told besides what its own dialect says, under its item', () => {
  const { confirmationNumber: _, ...villa } = {
    ...room,
    system: 'stays' as const,
    itemId: 'PROP-001' as ItemId,
  };
  const authorized = {
    type: 'payment.authorized',
    fromState: 'ACCEPTED',
    state: 'PAYMENT_AUTHORIZED',
  } as const;
  expect(say({ ...authorized, sequence: 3 }, villa)).toMatchObject([
    { topic: 'booking-updates', key: BOOKING_ID },
    {
      topic: 'payment.authorized',
      key: 'PROP-001',
      value: { propertyId: 'PROP-001', confirmationNumber: null, amount: 360, sequence: 3 },
    },
  ]);
});

test('nothing of money, nights or rates names the guest', () => {
  const facts = ['payment.captured', 'inventory.blocked', 'payment.settled', 'booking.modified'] as const;
  for (const type of facts) {
    const messages = say({ type, fromState: 'CHECKED_IN', state: 'CHECKED_IN' });
    const text = JSON.stringify(messages.filter(({ topic }) => !topic.startsWith('reservation.')));
    expect(text).not.toMatch(/Ada|example\.com|guest-1/);
  }
});
