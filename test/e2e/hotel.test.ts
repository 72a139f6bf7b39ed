import { localDate } from '../../domain/stay-clock';
import { addDays } from '../../domain/stay-dates';
import { TOPICS as ALL_TOPICS, ANALYTICS_GROUP } from '../../domain/topics';
import { seed } from '../../scripts/seed';
import { about, type Listener, listen } from '../support/listener';
import { Product } from '../support/product';
import { bookingIn, type RestCaller, reservationIn } from '../support/rest';
import { type AsyncApi, listenByTheGuide, PublishedSchemas, readAsStranger } from '../support/stranger';
import { until } from '../support/until';

const TOPICS = [
  'availability.updated',
  'payment.authorized',
  'payment.captured',
  'payment.failed',
  'payment.initiated',
  'payment.refunded',
  'payment.settled',
  'rate.applied',
  'reservation.cancelled',
  'reservation.checkin',
  'reservation.checkout',
  'reservation.confirmed',
  'reservation.created',
];

let product: Product;
let listener: Listener;
let guest: RestCaller;
let owner: RestCaller;

beforeAll(async () => {
  product = await Product.create();
  await seed(product.database.url);
  await product.start('bridge');
  await product.start('worker');
  await product.start('api');
  listener = await listen(product.config, TOPICS);
  guest = product.as('traveler:ann');
  owner = product.as('owner:owner-3');
});
afterAll(async () => {
  await listener?.stop();
  await product.close();
});

const today = () => localDate(new Date(), 'Europe/Berlin');
const at = (rsv: string, rest = '') => `/api/reservations/${rsv}${rest}`;

async function reserve(roomType: string, daysAhead: number, paymentToken = 'tok_approved') {
  const checkIn = addDays(today(), daysAhead);
  const answer = await guest.post('/api/reservations', {
    propertyId: 'HOTEL-001',
    roomType,
    guestDetails: { name: 'Ann Lee', email: 'ann@example.com' },
    stayDetails: { checkIn, checkOut: addDays(checkIn, 2), guests: 2 },
    paymentToken,
  });
  expect(answer.status).toBe(201);
  return reservationIn(answer);
}

const read = async (rsv: string) => reservationIn(await guest.get(at(rsv)));

/** What was told of a booking, in its own order. */
async function heardOf(bookingId: string) {
  const heard = about(bookingId, await listener.everything(product.database));
  return heard.toSorted((a, b) => Number(a.value.sequence) - Number(b.value.sequence));
}

test('a room is reserved, lived in and paid for; every topic hears its part, keyed by the property', async () => {
  const { id, confirmationNumber: rsv } = await reserve('STD', 0);
  await product.reached(id, 'CONFIRMED');
  expect(reservationIn(await owner.post(at(rsv, '/checkin'), {}))).toMatchObject({ status: 'checkin' });
  await until(
    () => read(rsv),
    ({ payment }) => payment.captured === 240,
  );
  expect(reservationIn(await owner.post(at(rsv, '/checkout'), {}))).toMatchObject({ status: 'checkout' });
  await until(
    () => read(rsv),
    ({ payment }) => payment.settled === 240,
  );

  const heard = await heardOf(id);
  const told = heard.map(({ topic, value }) => [Number(value.sequence), topic, value.state] as const);
  // Within one fact, the topics by name.
  expect(told.toSorted(([a, x], [b, y]) => a - b || (x < y ? -1 : 1))).toEqual([
    [1, 'reservation.created', 'PENDING'],
    [2, 'payment.initiated', 'ACCEPTED'],
    [3, 'payment.authorized', 'PAYMENT_AUTHORIZED'],
    [4, 'availability.updated', 'PAYMENT_AUTHORIZED'],
    [5, 'rate.applied', 'CONFIRMED'],
    [5, 'reservation.confirmed', 'CONFIRMED'],
    [6, 'reservation.checkin', 'CHECKED_IN'],
    [7, 'payment.captured', 'CHECKED_IN'],
    [8, 'reservation.checkout', 'CHECKED_OUT'],
    // Left a night early.
    [9, 'availability.updated', 'CHECKED_OUT'],
    [10, 'payment.settled', 'CHECKED_OUT'],
  ]);
  for (const { topic, key, headers, value } of heard) {
    expect(key).toBe('HOTEL-001');
    expect(headers).toMatchObject({ ce_id: value.eventId, ce_type: topic });
    expect(value).toMatchObject({ eventType: topic, confirmationNumber: rsv, propertyId: 'HOTEL-001' });
    if (topic.startsWith('reservation.'))
      expect(value.guestDetails).toEqual({ guestId: 'ann', name: 'Ann Lee', email: 'ann@example.com' });
  }
});

test('a suite by approval is decided by its number, cancelled for what was quoted, and the owner paid that', async () => {
  const { id, confirmationNumber: rsv } = await reserve('SUITE', 1);
  expect((await owner.put(`/api/owners/bookings/${rsv}/approve`)).status).toBe(200);
  await product.reached(id, 'CONFIRMED');
  const quoted = (await guest.get(at(rsv, '/cancellation-quote'))).body as unknown as {
    data: { fee: number; refund: number };
  };
  const { fee, refund } = quoted.data;
  // Tomorrow afternoon is less than two days away.
  expect(fee).toBeGreaterThanOrEqual(320);
  expect(fee + refund).toBe(640);

  const cancelled = reservationIn(await guest.delete(at(rsv), { reason: 'Plans changed' }));
  expect(cancelled).toMatchObject({ state: 'CANCELLED', cancellation: { fee, refund } });
  const over = await until(
    () => read(rsv),
    ({ payment }) => payment.settled > 0,
  );
  expect(over).toMatchObject({
    undo: 'done',
    payment: { status: 'settled', authorized: 640, captured: fee, voided: refund, settled: fee },
  });

  const heard = await heardOf(id);
  const cancel = heard.find(({ topic }) => topic === 'reservation.cancelled');
  expect(cancel?.value).toMatchObject({
    reason: 'Plans changed',
    pricingDetails: { totalPrice: 640, fee },
    stayDetails: { roomType: 'SUITE' },
  });
  expect(heard.find(({ topic }) => topic === 'payment.captured')?.value).toMatchObject({ amount: fee });
  expect(
    heard.filter(({ topic }) => topic === 'availability.updated').map(({ value }) => value.change),
  ).toEqual(['blocked', 'released']);
  const nights = await product.database.query(
    `SELECT blocked FROM booking.availability_calendar WHERE item_id = 'HOTEL-001:SUITE'`,
  );
  expect(nights).toEqual([{ blocked: 0 }, { blocked: 0 }]);
});

/** What the tests before this one left untold: a change, a decline, the other systems, and what an owner does. */
async function tellTheRest() {
  const { id, confirmationNumber: rsv } = await reserve('STD', 30);
  const declined = await reserve('STD', 40, 'tok_declined');
  const stranger = product.as('traveler:stranger-1');
  const home = { propertyId: 'PROP-001', startDate: addDays(today(), 30), endDate: addDays(today(), 32) };
  const asked = bookingIn(await stranger.post('/api/bookings', { ...home, guests: 2 }));
  const owner1 = product.as('owner:owner-1');
  const answers = await Promise.all([
    owner1.put(`/api/bookings/${asked.id}/accept`),
    stranger.post('/api/billing', {
      ...{ type: 'flight', itemId: 'FLIGHT-AA601', totalAmountPaid: 299.99, paymentMethod: 'tok_approved' },
      bookingDetails: { seat: '12A' },
    }),
    owner1.put('/api/rates', { propertyId: 'PROP-001', plan: { code: 'STANDARD', basePrice: 310 } }),
    owner1.post('/api/availability/block', {
      ...{ propertyId: 'PROP-001', from: addDays(today(), 50), to: addDays(today(), 52) },
    }),
    product
      .reached(id, 'CONFIRMED')
      .then(() => guest.put(at(rsv), { stayDetails: { checkOut: addDays(today(), 33) }, totalPrice: 360 })),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 200, 200]);
  await product.reached(asked.id, 'CONFIRMED');
  await until(
    () => product.timeline(declined.id),
    (facts) => facts.some(({ type }) => type === 'payment.declined'),
  );
  // What is behind by more than its limit is an alert from the first look on.
  await product.database.query(`INSERT INTO consumers.lags VALUES ($1, 'one', 1001, 0, now())`, [
    `${product.config.CONSUMER_GROUP_PREFIX}owner-group`,
  ]);
  const engine = await product.start('consumers', { CONSUMER_GROUPS: ANALYTICS_GROUP });
  const published = () => product.database.query('SELECT DISTINCT topic FROM booking.publications');
  await until(published, (topics) => topics.length === 2);
  await product.stop(engine);
  await listener.everything(product.database);
}

test('a stranger who knows /asyncapi.json reads every topic from its beginning, and all of it is as published', async () => {
  await tellTheRest();
  const answer = await fetch(`http://127.0.0.1:${product.config.PORT}/asyncapi.json`);
  const document = (await answer.json()) as AsyncApi;
  const schemas = new PublishedSchemas(document);
  const facts = await product.database.query<{ fact_id: string }>(
    `SELECT fact_id FROM booking.booking_events UNION ALL SELECT fact_id FROM booking.item_events
     UNION ALL SELECT fact_id FROM booking.publications`,
  );
  const ours = new Set(facts.map(({ fact_id }) => fact_id));
  const topics = Object.entries(document.channels).filter(([word]) => !word.endsWith('DeadLetters'));
  expect(topics).toHaveLength(Object.keys(ALL_TOPICS).length);

  const unheard: string[] = [];
  const reads = await Promise.all(
    topics.map(async ([word, { address }]) => {
      const read = await readAsStranger(product.config.KAFKA_BROKERS, address);
      // Other tests share the broker and some of its topics.
      return { word, address, read: read.filter(({ headers }) => ours.has(headers.ce_factid ?? '')) };
    }),
  );
  for (const { word, address, read } of reads) {
    if (read.length === 0) unheard.push(address);
    for (const { key, headers, payload } of read) {
      const value = JSON.parse(payload ?? 'null') as Record<string, unknown>;
      const misfits = [schemas.misfit(word, value), schemas.misfit('eventHeaders', headers)];
      expect({ address, value, headers, misfits }).toEqual({
        ...{ address, value, headers },
        misfits: [undefined, undefined],
      });
      expect(key).toBe(address.includes('.') ? (value.propertyId ?? value.subject) : value.bookingId);
      expect(headers.ce_type).toBe(value.eventType ?? value.type);
    }
  }
  expect(unheard).toEqual([]);
});

test('the command of the guide shows key, headers and value of what the topics hold, from their beginning', async () => {
  const { KAFKA_BROKERS, KAFKA_REQUEST_TOPIC, KAFKA_RESPONSE_TOPIC } = product.config;
  const topics = [KAFKA_REQUEST_TOPIC, KAFKA_RESPONSE_TOPIC];
  const sent = (await Promise.all(topics.map((topic) => readAsStranger(KAFKA_BROKERS, topic)))).flat();
  expect(sent.length).toBeGreaterThan(0);
  const lines = await listenByTheGuide(KAFKA_BROKERS, topics, sent.length);
  const wanted = sent.map(
    ({ key, headers, payload }) =>
      `${key} ${Object.entries(headers)
        .map((pair) => pair.join('='))
        .join()} ${payload}`,
  );
  expect(lines.sort()).toEqual(wanted.sort());
});
