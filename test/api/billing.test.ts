import { request as httpRequest } from 'node:http';
import type { BookingId } from '../../domain/ids';
import { until } from '../support/until';
import { type ApiWorld, apiWorld, token } from './support/api-world';
import type { StoryStep } from './support/fake-saga';

/** 45 days after the API's present, when the demo catalogue is put in. */
const DEPARTURE = '2026-07-30';
/** Long enough for everything that is decided, short where nothing ever is. */
const PATIENT_MS = 20_000;
const SHORT_MS = 300;
const flight = {
  type: 'flight',
  itemId: 'FLIGHT-AA601',
  totalAmountPaid: 299.99,
  paymentMethod: 'tok_approved',
  bookingDetails: { passengers: [{ name: 'Ann Lee', phone: '+4915112345678' }], seat: '12A' },
};
const car = {
  ...flight,
  ...{
    type: 'car',
    itemId: 'CAR-ECON',
    startDate: '2026-07-01',
    endDate: '2026-07-04',
    totalAmountPaid: 135,
  },
};

const ACCEPTED = { type: 'booking.accepted' } as const;
const AUTHORIZED = { type: 'payment.authorized', patch: { paymentStatus: 'authorized' } } as const;
const BOUGHT: StoryStep[] = [
  ACCEPTED,
  AUTHORIZED,
  { type: 'inventory.blocked' },
  { type: 'payment.captured', patch: { paymentStatus: 'captured' } },
  { type: 'booking.confirmed' },
];
const DECLINED: StoryStep[] = [
  ACCEPTED,
  { type: 'payment.declined', patch: { paymentStatus: 'declined' } },
  {
    type: 'booking.failed',
    reasonCode: 'payment-declined',
    reason: 'the payment was declined (card_declined) and no other card was given',
  },
];
const SOLD_OUT: StoryStep[] = [
  ACCEPTED,
  AUTHORIZED,
  { type: 'booking.failed', reasonCode: 'nights-unavailable', reason: 'the last seat has gone' },
];

const CARD_NUMBER = { errors: [{ message: expect.stringContaining('looks like a card number') }] };

describe('buying', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());
  let travelers = 0;
  let ann = '';
  beforeEach(() => {
    ann = `traveler:t${++travelers}`;
    world.saga.goOn(...BOUGHT);
    world.config.BILLING_WAIT_MS = PATIENT_MS;
  });
  const buy = (body: object, key?: string, as = ann) => world.call('POST', '/api/billing', { as, body, key });
  const lastRequest = () => world.saga.said.at(-1)?.message as Record<string, unknown> | undefined;
  const finish = async (bookingId: string, story: readonly StoryStep[]) => {
    for (const { type, ...change } of story) {
      const by = { role: 'SYSTEM', id: 'saga' } as const;
      await world.saga.commit(bookingId as BookingId, type, by, undefined, change);
    }
  };

  test('a flight waits until it is confirmed, and answers with the bill and its invoice', async () => {
    const { status, json, headers } = await buy({ ...flight, quantity: 2, totalAmountPaid: 599.98 });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/billing/${json.id}`);
    expect(json).toMatchObject({
      ...{ _id: json.id, billingId: json.id, bookingId: json.id.replace('BIL', 'BKG') },
      ...{ type: 'flight', itemId: 'FLIGHT-AA601', quantity: 2, totalAmountPaid: 599.98, currency: 'USD' },
      ...{ startDate: DEPARTURE, status: 'paid', state: 'CONFIRMED', bookingStatus: 'confirmed' },
      payment: { status: 'captured' },
      invoice: { number: json.invoiceNumber, total: 599.98 },
    });
    expect(json.invoiceNumber).toMatch(/^INV-airline-1-\d{6}$/);
    expect(lastRequest()).toMatchObject({
      ...{ system: 'travel', quantity: 2, billingId: json.id, paymentToken: 'tok_approved' },
      terms: { instant: true, graceSeconds: 0, capture: 'before-confirmation' },
      stay: { start: DEPARTURE, end: '2026-07-31' },
    });
  });

  test('what was said of the journey is kept beside the saga, and read with the bill alone', async () => {
    const { json } = await buy(flight);
    expect(json.bookingDetails).toBeUndefined();
    expect(JSON.stringify(world.saga.said)).not.toMatch('Ann Lee');
    const read = await world.call('GET', `/api/billing/${json.id}`, { as: ann });
    expect(read.json).toEqual({ ...json, bookingDetails: flight.bookingDetails });
  });

  test('cars and hotels are bought for dates', async () => {
    expect((await buy(car)).json).toMatchObject({ type: 'car', totalAmountPaid: 135, status: 'paid' });
    const hotel = { ...car, type: 'hotel', itemId: 'TRAVEL-HOTEL-1', totalAmountPaid: 540 };
    expect((await buy(hotel)).json).toMatchObject({ type: 'hotel', startDate: '2026-07-01', status: 'paid' });
  });

  const refused: [string, object, number, string, object?][] = [
    ['another price', { totalAmountPaid: 299 }, 409, 'price-changed', { quote: { totalPrice: 299.99 } }],
    ['no price', { totalAmountPaid: undefined }, 400, 'invalid-request', field('totalAmountPaid')],
    ['another day', { startDate: '2026-07-29' }, 400, 'invalid-dates', field('startDate')],
    ['21 seats of 20', { quantity: 21, totalAmountPaid: 6299.79 }, 400, 'invalid-request', field('quantity')],
    ['no seat', { quantity: 0 }, 400, 'invalid-request', field('quantity')],
    ['a flight called a car', { ...car, itemId: flight.itemId }, 400, 'invalid-request', field('type')],
    ['a ship', { type: 'ship' }, 400, 'invalid-request', field('type')],
    ['an unknown flight', { itemId: 'FLIGHT-0' }, 404, 'not-found'],
    ['an item of another system', { ...car, type: 'hotel', itemId: 'PROP-002' }, 404, 'not-found'],
    ['a car without an end', { ...car, endDate: undefined }, 400, 'invalid-request', field('endDate')],
    ['a car that is back before it left', { ...car, endDate: '2026-06-30' }, 400, 'invalid-dates'],
    ['a card number', { paymentMethod: '4242424242424242' }, 400, 'invalid-request', field('paymentMethod')],
    ['digits like a card', { paymentMethod: '1234 5678 9012 3456' }, 400, 'invalid-request', CARD_NUMBER],
    [
      'a card number dressed as a token',
      { paymentMethod: 'tok_4242424242424242' },
      400,
      'invalid-request',
      CARD_NUMBER,
    ],
    ['a payment method nobody knows', { paymentMethod: 'cheque' }, 400, 'invalid-request'],
    [
      'a card number in the details',
      { bookingDetails: { a: [{ b: 'my card: 4111-1111-1111-1111, thanks' }] } },
      400,
      'invalid-request',
      field('bookingDetails'),
    ],
    ['a card number for a key', { bookingDetails: { '378282246310005': 1 } }, 400, 'invalid-request'],
    ['a card number as a number', { bookingDetails: { a: 5555555555554444 } }, 400, 'invalid-request'],
    ['details that are a list', { bookingDetails: [] }, 400, 'invalid-request', field('bookingDetails')],
    ['more than 16 kB of details', { bookingDetails: { a: 'x'.repeat(16_384) } }, 400, 'invalid-request'],
    ['details nested without end', { bookingDetails: nested(1000) }, 400, 'invalid-request'],
    ['what Postgres cannot store', { bookingDetails: { a: 'a\u0000b' } }, 400, 'invalid-request'],
  ];
  test.each(refused)(
    '%s is refused, and nothing is opened',
    async (_, change, status, code, members = {}) => {
      const before = world.saga.said.length;
      const { json } = await buy({ ...flight, ...change });
      expect(json).toMatchObject({ status, code, ...members });
      expect(world.saga.said.length).toBe(before);
      expect(JSON.stringify(json)).not.toMatch(/4242|4111/);
    },
  );

  test('a flight that has departed is refused where it departs', async () => {
    world.setNow(`${DEPARTURE}T13:29:00.000Z`);
    expect((await buy(flight)).status).toBe(201);
    world.setNow(`${DEPARTURE}T13:30:00.000Z`);
    expect((await buy(flight, undefined, 'traveler:late')).json).toMatchObject({ code: 'invalid-dates' });
    world.setNow('2026-06-15T16:00:00.000Z');
  });

  test('the stays front end cannot book it', async () => {
    const body = { propertyId: 'TRAVEL-HOTEL-1', startDate: '2026-07-01', endDate: '2026-07-02' };
    expect((await world.call('POST', '/api/bookings', { as: ann, body })).status).toBe(404);
  });

  test.each(['card', 'stored', 'Card'])('%s stands for the stored payment method', async (paymentMethod) => {
    await world.database.query('INSERT INTO booking.payment_methods VALUES ($1, $2)', [
      ann.slice(9),
      'tok_stored',
    ]);
    await buy({ ...flight, paymentMethod });
    expect(lastRequest()).toMatchObject({ paymentToken: 'tok_stored' });
  });

  test('without a stored method nothing is opened, since nobody would wait for one', async () => {
    const before = world.saga.said.length;
    const { json } = await buy({ ...flight, paymentMethod: 'card' }, undefined, 'traveler:traveler-no-card');
    expect(json).toMatchObject({ status: 402, code: 'payment-declined' });
    expect(world.saga.said.length).toBe(before);
  });

  test('declined is 402 with the record; the next try is a new purchase', async () => {
    world.saga.goOn(...DECLINED);
    const { json } = await buy(flight);
    expect(json).toMatchObject({
      ...{ status: 402, code: 'payment-declined', state: 'FAILED' },
      billing: { status: 'failed', bookingStatus: 'failed', invoiceNumber: null },
    });
    expect(json.detail).toMatch(/card_declined.*Nothing was charged/);
    world.saga.goOn(...BOUGHT);
    const again = await buy(flight);
    expect(again.status).toBe(201);
    expect(again.json.bookingId).not.toBe(json.bookingId);
  });

  test('sold out is 409: at once where it can be seen, with the record where the last seat goes in between', async () => {
    world.saga.goOn(...SOLD_OUT);
    const lost = await buy(flight);
    expect(lost.json).toMatchObject({
      ...{ status: 409, code: 'nights-unavailable' },
      billing: { status: 'failed', reasonCode: 'nights-unavailable' },
    });
    await world.database.query(
      `INSERT INTO booking.availability_calendar (item_id, night, capacity, blocked) VALUES ('CAR-ECON', '2026-07-02', 5, 4)`,
    );
    const two = await buy({ ...car, quantity: 2, totalAmountPaid: 270 });
    expect(two.json).toMatchObject({ status: 409, code: 'nights-unavailable', nights: ['2026-07-02'] });
    expect(two.json.billing).toBeUndefined();
  });

  test('called off in the meantime is 409 with the record, and no bill waits for money that never came', async () => {
    world.saga.goOn(ACCEPTED, {
      type: 'booking.cancelled',
      reasonCode: 'cancelled-by-owner',
      reason: 'strike',
    });
    const { json } = await buy(flight);
    expect(json).toMatchObject({ status: 409, code: 'illegal-transition', billing: { status: 'failed' } });
  });

  test('undecided is 202 with the record as it is; without a key a repeat finds it', async () => {
    world.saga.goOn(ACCEPTED, AUTHORIZED);
    world.config.BILLING_WAIT_MS = SHORT_MS;
    const begun = performance.now();
    const waiting = await buy(flight);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(SHORT_MS);
    expect(waiting).toMatchObject({
      status: 202,
      json: { status: 'pending', state: expect.stringMatching(/PENDING|ACCEPTED|AUTHORIZED/), invoice: null },
    });
    expect(waiting.headers.get('location')).toBe(`/api/billing/${waiting.json.id}`);
    await finish(waiting.json.bookingId, BOUGHT.slice(2));
    world.config.BILLING_WAIT_MS = PATIENT_MS;
    expect((await buy(flight)).json).toMatchObject({ id: waiting.json.id, status: 'paid' });
    expect((await buy({ ...flight, quantity: 2, totalAmountPaid: 599.98 })).json.id).not.toBe(
      waiting.json.id,
    );
  });

  test('it answers as soon as it is decided', async () => {
    world.saga.goOn();
    const begun = performance.now();
    const reply = buy(flight);
    const [row] = await until(
      () =>
        world.database.query<{ id: string }>('SELECT id FROM booking.bookings WHERE traveler_id = $1', [
          ann.slice(9),
        ]),
      (rows) => rows.length > 0,
    );
    await finish(row?.id ?? '', BOUGHT);
    expect((await reply).status).toBe(201);
    expect(performance.now() - begun).toBeLessThan(PATIENT_MS);
  });

  describe('under a key', () => {
    test('the final answer is replayed, byte for byte, and nothing is bought twice', async () => {
      const first = await buy(flight, `k-${ann}`);
      const said = world.saga.said.length;
      const again = await buy(flight, `k-${ann}`);
      expect(again.text).toBe(first.text);
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
      expect(world.saga.said.length).toBe(said);
      const other = await buy({ ...flight, paymentMethod: 'tok_other' }, `k-${ann}`);
      expect(other.json.code).toBe('idempotency-key-reused');
    });

    test('a refusal is replayed with its record', async () => {
      world.saga.goOn(...DECLINED);
      const first = await buy(flight, `k-${ann}`);
      world.saga.goOn(...BOUGHT);
      const again = await buy(flight, `k-${ann}`);
      expect(again.json).toEqual({ ...first.json, requestId: again.json.requestId });
    });

    test('what was kept of the journey before its saga could be reached does not stand against the repeat', async () => {
      world.saga.answerNext({ outcome: 'unsent' });
      expect((await buy(flight, `k-${ann}`)).json.code).toBe('unavailable');
      expect((await buy(flight, `k-${ann}`)).status).toBe(201);
    });

    test('a 202 is not final: a repeat looks again', async () => {
      world.saga.goOn(ACCEPTED);
      world.config.BILLING_WAIT_MS = SHORT_MS;
      const waiting = await buy(flight, `k-${ann}`);
      expect(waiting.status).toBe(202);
      expect((await buy(flight, `k-${ann}`)).status).toBe(202);
      await finish(waiting.json.bookingId, BOUGHT.slice(1));
      const bought = await buy(flight, `k-${ann}`);
      expect(bought).toMatchObject({ status: 201, json: { id: waiting.json.id, status: 'paid' } });
      expect((await buy(flight, `k-${ann}`)).text).toBe(bought.text);
    });
  });

  describe('cancelling', () => {
    const cancel = (id: string, as = ann) =>
      world.call('PUT', `/api/billing/${id}/cancel`, { as, body: { reason: 'Plans changed' } });

    test('goes through the saga and answers with the record', async () => {
      const { json } = await buy(flight);
      const cancelled = await cancel(json.id);
      expect(cancelled.json).toMatchObject({
        ...{ id: json.id, state: 'CANCELLED', bookingStatus: 'cancelled', reason: 'Plans changed' },
        ...{ status: 'paid', invoiceNumber: json.invoiceNumber },
      });
      expect(world.saga.said.at(-1)).toMatchObject({ method: 'cancel', bookingId: json.bookingId });
      expect((await cancel(json.id)).json).toMatchObject({ status: 409, code: 'illegal-transition' });
    });

    test('once refunded, the invoice says so', async () => {
      const { json } = await buy(flight);
      await cancel(json.id);
      await finish(json.bookingId, [{ type: 'undo.completed', patch: { paymentStatus: 'refunded' } }]);
      expect((await world.call('GET', `/api/billing/${json.id}`, { as: ann })).json).toMatchObject({
        status: 'refunded',
        payment: { status: 'refunded' },
        invoice: { number: json.invoiceNumber, lines: [{ amount: 299.99 }, { amount: -299.99 }], total: 0 },
      });
    });

    test('and reading are the traveler’s own affair', async () => {
      const { json } = await buy(flight);
      const read = (as: string) => world.call('GET', `/api/billing/${json.id}`, { as });
      expect((await read('traveler:eve')).status).toBe(404);
      expect((await read('owner:owner-2')).status).toBe(404);
      expect((await read('owner:airline-1')).status).toBe(403);
      expect((await read('admin:root')).status).toBe(200);
      expect((await cancel(json.id, 'traveler:eve')).status).toBe(404);
      expect((await cancel(json.id, 'owner:airline-1')).status).toBe(403);
      const stay = { propertyId: 'PROP-002', startDate: '2026-07-01', endDate: '2026-07-02' };
      const { booking } = (await world.call('POST', '/api/bookings', { as: ann, body: stay })).json;
      expect((await cancel(booking.id.replace('BKG', 'BIL'))).status).toBe(404);
    });
  });

  test('whoever goes away is waited for no longer, and a repeat of the key goes on at once', async () => {
    world.saga.goOn();
    const asked = httpRequest(`${world.base}/api/billing`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token(ann)}`,
        'content-type': 'application/json',
        'idempotency-key': 'left',
      },
    });
    asked.on('error', () => undefined);
    asked.end(JSON.stringify(flight));
    const [row] = await until(
      () =>
        world.database.query<{ id: string }>('SELECT id FROM booking.bookings WHERE traveler_id = $1', [
          ann.slice(9),
        ]),
      (rows) => rows.length > 0,
    );
    asked.destroy();
    await until(
      () =>
        world.database.query<{ free: boolean }>(
          `SELECT driven_at < 'yesterday' AS free FROM booking.idempotency_keys WHERE key = 'left'`,
        ),
      ([key]) => key?.free === true,
      10_000,
    );
    await finish(row?.id ?? '', BOUGHT);
    const found = await world.call('POST', '/api/billing', { as: ann, body: flight, key: 'left' });
    expect(found).toMatchObject({ status: 201, json: { bookingId: row?.id } });
  });
});

function field(name: string) {
  return { errors: [{ field: name }] };
}

function nested(levels: number): object {
  let value = {};
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
}
