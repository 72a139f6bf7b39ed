import { addItem } from '../support/bookings';
import { provided } from '../support/database';
import { day, Product } from '../support/product';
import { bookingIn, insist, type RestCaller } from '../support/rest';
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy';

const KEY = 'the-same-request';
/** The API waits five seconds for a saga; without that limit it would wait for half a minute at least. */
const SOME_FIVE_SECONDS_MS = 15_000;

let product: Product;
let temporal: TcpProxy;
let traveler: RestCaller;
beforeAll(async () => {
  temporal = await tcpProxy(provided('TEMPORAL_ADDRESS'));
  product = await Product.create();
  await addItem(product.database, 'PROP-001');
  await product.start('api', { TEMPORAL_ADDRESS: temporal.address });
  traveler = product.as('traveler:traveler-1');
});
afterAll(async () => {
  temporal.restore();
  await product.close();
  await temporal.close();
});

function whatIsThere(): Promise<{ id: string; state: string; facts: number; waiting: number }[]> {
  return product.database.query(
    `SELECT id, state,
       (SELECT count(*)::int FROM booking.booking_events e WHERE e.booking_id = b.id) AS facts,
       (SELECT count(*)::int FROM booking.outbox o WHERE o.booking_id = b.id) AS waiting
     FROM booking.bookings b WHERE traveler_id = 'traveler-1' ORDER BY created_at`,
  );
}

test('a create while no worker runs is of unknown outcome, and comes about once, whole, when a worker is back', async () => {
  const stay = { propertyId: 'PROP-001', startDate: day(30), endDate: day(33) };
  const create = () => traveler.post('/api/bookings', stay, KEY);

  const started = performance.now();
  const [inFlight, lost] = (await Promise.all([create(), create()])).sort((a, b) => a.status - b.status);
  expect(performance.now() - started).toBeLessThan(SOME_FIVE_SECONDS_MS);
  expect(inFlight).toMatchObject({ status: 409, body: { code: 'request-in-flight' } });
  expect(lost).toMatchObject({ status: 503, body: { code: 'outcome-unknown' } });
  expect(Number(lost?.headers.get('retry-after'))).toBeGreaterThan(0);
  const bookingId = lost?.body.bookingId ?? '';
  expect(bookingId).toMatch(/^BKG/);
  expect(await create()).toMatchObject({ status: 503, body: { code: 'outcome-unknown', bookingId } });
  expect(await whatIsThere()).toEqual([]);

  await product.start('worker');
  await product.reached(bookingId, 'PENDING');
  expect(await whatIsThere()).toEqual([{ id: bookingId, state: 'PENDING', facts: 1, waiting: 1 }]);
  const repeated = await insist(create);
  expect(repeated).toMatchObject({ status: 201, body: { message: 'Booking created' } });
  expect(bookingIn(repeated)).toMatchObject({ id: bookingId, state: 'PENDING', sequence: 1 });
  expect((await create()).headers.get('idempotent-replayed')).toBe('true');
  expect(await whatIsThere()).toHaveLength(1);
});

describe('a create while Temporal is away', () => {
  const stay = { propertyId: 'PROP-001', startDate: day(40), endDate: day(43) };
  const create = () => traveler.post('/api/bookings', stay, 'while-temporal-is-away');

  test('is refused with the time to come back, opens nothing, and goes through once Temporal is back', async () => {
    temporal.cut();
    const refused = await create();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await whatIsThere()).toHaveLength(1);

    temporal.restore();
    const booking = bookingIn(await insist(create));
    expect(booking.id).toBe(refused.body.bookingId);
    expect(await whatIsThere()).toMatchObject([{}, { id: booking.id, state: 'PENDING', facts: 1 }]);
  });

  test('is of unknown outcome where Temporal takes calls and answers none', async () => {
    const silent = { propertyId: 'PROP-001', startDate: day(50), endDate: day(53) };
    const ask = () => traveler.post('/api/bookings', silent, 'while-temporal-is-silent');
    temporal.hush();
    const started = performance.now();
    const lost = await ask();
    expect(performance.now() - started).toBeLessThan(SOME_FIVE_SECONDS_MS);
    expect(lost).toMatchObject({ status: 503, body: { code: 'outcome-unknown' } });
    temporal.restore();
    expect(bookingIn(await insist(ask)).id).toBe(lost.body.bookingId);
  });
});
