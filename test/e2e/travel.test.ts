import { arm, disarm } from '../../platform/failpoint';
import { seed } from '../../scripts/seed';
import type { Listener } from '../support/listener';
import { about, listen } from '../support/listener';
import { meeting } from '../support/meeting';
import { day, Product } from '../support/product';
import { type Answer, billIn, bookingIn, insist, type RestCaller } from '../support/rest';
import { until } from '../support/until';

const flight = {
  type: 'flight',
  itemId: 'FLIGHT-AA601',
  totalAmountPaid: 299.99,
  paymentMethod: 'tok_approved',
  bookingDetails: { passengers: ['Ann Lee'], seat: '12A' },
};

let product: Product;
let listener: Listener;
let traveler: RestCaller;

beforeAll(async () => {
  product = await Product.create({ BILLING_WAIT_MS: '20000' });
  await seed(product.database.url);
  await product.start('bridge');
  await product.start('worker');
  await product.start('api');
  listener = await listen(product.config, ['bookings']);
  traveler = product.as('traveler:ann');
});
afterAll(async () => {
  await listener?.stop();
  await product.close();
});

const seatsTaken = async (itemId: string) => {
  const [row] = await product.database.query<{ blocked: number }>(
    'SELECT COALESCE(sum(blocked), 0)::int AS blocked FROM booking.availability_calendar WHERE item_id = $1',
    [itemId],
  );
  return row?.blocked;
};
const plot = async (bookingId: string) =>
  about(bookingId, await listener.everything(product.database)).map(({ value }) => [
    value.eventType,
    value.state,
  ]);

test('a flight is bought while its traveler waits, its listeners hear of it, and it is given back in full', async () => {
  const answer = await traveler.post('/api/billing', flight);
  expect(answer.status).toBe(201);
  const bill = billIn(answer);
  expect(bill).toMatchObject({ status: 'paid', state: 'CONFIRMED', payment: { status: 'captured' } });
  expect(await seatsTaken(flight.itemId)).toBe(1);

  const heard = about(bill.bookingId, await listener.everything(product.database));
  const told = {
    ...{ bookingId: bill.bookingId, userId: 'ann', type: 'flight', itemId: flight.itemId, quantity: 1 },
    ...{ totalAmountPaid: 299.99, currency: 'USD', data: { bookingDetails: flight.bookingDetails } },
    ...{ startDate: `${bill.startDate}T00:00:00.000Z`, endDate: `${bill.endDate}T00:00:00.000Z` },
  };
  const { invoiceNumber } = bill;
  const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(heard.map(({ value }) => value)).toEqual([
    { ...told, timestamp, eventType: 'booking.created', state: 'PENDING', sequence: 1 },
    { ...told, timestamp, eventType: 'booking.confirmed', state: 'CONFIRMED', sequence: 6, invoiceNumber },
  ]);
  for (const { topic, key, headers, value } of heard) {
    expect([topic, key]).toEqual(['bookings', bill.bookingId]);
    expect(headers).toMatchObject({ ce_specversion: '1.0', ce_type: value.eventType });
  }

  await traveler.put(`/api/billing/${bill.id}/cancel`, { reason: 'Plans changed' });
  await product.undone(bill.bookingId);
  expect(billIn(await traveler.get(`/api/billing/${bill.id}`))).toMatchObject({
    ...{ status: 'refunded', bookingStatus: 'cancelled', invoiceNumber: bill.invoiceNumber },
    payment: { status: 'refunded' },
  });
  expect(await seatsTaken(flight.itemId)).toBe(0);
  expect(await plot(bill.bookingId)).toEqual([
    ['booking.created', 'PENDING'],
    ['booking.confirmed', 'CONFIRMED'],
    ['booking.cancelled', 'CANCELLED'],
  ]);
});

test('a declined card is 402, and its listeners hear that it failed', async () => {
  const answer = await traveler.post('/api/billing', { ...flight, paymentMethod: 'tok_declined' });
  expect(answer).toMatchObject({ status: 402, body: { code: 'payment-declined' } });
  const { bookingId } = billIn(answer);
  expect(await plot(bookingId)).toEqual([
    ['booking.created', 'PENDING'],
    ['booking.failed', 'FAILED'],
  ]);
  expect(await seatsTaken(flight.itemId)).toBe(0);
});

test('200 travelers want the 20 seats of one flight: 20 get them, and nobody else is charged', async () => {
  const SEATS = 20;
  const TRAVELERS = 200;
  const AT_ONCE = 40;
  // So many hold the money for a seat before the first seat is taken.
  const HOLDING = 30;
  const itemId = 'FLIGHT-RACE';
  await product.database.query(
    `INSERT INTO booking.items SELECT (jsonb_populate_record(i, $1)).* FROM booking.items i WHERE id = $2`,
    [JSON.stringify({ id: itemId, owner_id: 'airline-race' }), flight.itemId],
  );
  // As a client should: by the same key until there is an answer, however busy the machine is.
  const buy = async (sub: string): Promise<Answer> => {
    const racer = product.as(`traveler:${sub}`);
    for (;;) {
      const answer = await insist(() => racer.post('/api/billing', { ...flight, itemId }, 'race'));
      if (answer.status !== 202) return answer;
    }
  };
  const waiting = Array.from({ length: TRAVELERS }, (_, number) => `racer-${number}`);
  const answers: Answer[] = [];
  arm('authorize.answered', meeting(HOLDING));
  try {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let sub = waiting.pop(); sub !== undefined; sub = waiting.pop()) answers.push(await buy(sub));
      }),
    );
  } finally {
    disarm('authorize.answered');
  }

  const refused = answers.filter(({ status }) => status === 409);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(SEATS);
  expect(refused).toHaveLength(TRAVELERS - SEATS);
  expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['nights-unavailable']));

  await until(
    () =>
      product.database.query<{ id: string }>(
        `SELECT id FROM booking.bookings WHERE item_id = $1 AND state <> 'CONFIRMED' AND undo NOT IN ('none', 'done')`,
        [itemId],
      ),
    (undoing) => undoing.length === 0,
  );
  expect(await seatsTaken(itemId)).toBe(SEATS);
  const money = await product.database.query<{ state: string; status: string; count: number }>(
    `SELECT b.state, a.status, count(*)::int AS count
     FROM booking.bookings b JOIN payment_simulator.authorizations a ON a.booking_id = b.id
     WHERE b.item_id = $1 GROUP BY b.state, a.status ORDER BY b.state`,
    [itemId],
  );
  expect(money).toEqual([
    { state: 'CONFIRMED', status: 'captured', count: SEATS },
    { state: 'FAILED', status: 'voided', count: expect.any(Number) },
  ]);
  expect(money[1]?.count).toBeGreaterThanOrEqual(HOLDING - SEATS);
  const invoices = await product.database.query<{ number: string }>(
    `SELECT invoice_number AS number FROM booking.billing_records
     WHERE owner_id = 'airline-race' AND invoice_number IS NOT NULL ORDER BY 1`,
  );
  expect(invoices.map(({ number }) => number)).toEqual(
    Array.from({ length: SEATS }, (_, at) => `INV-airline-race-${String(at + 1).padStart(6, '0')}`),
  );
  const heard = (await listener.everything(product.database)).filter(({ value }) => value.itemId === itemId);
  const confirmed = heard.filter(({ value }) => value.eventType === 'booking.confirmed');
  expect(new Set(confirmed.map(({ key }) => key)).size).toBe(SEATS);
}, 300_000);

test('with TOPIC_DIALECTS=travel a stay is told on bookings too, as a hotel', async () => {
  const relay = await Product.create({ TOPIC_DIALECTS: 'travel' });
  try {
    await seed(relay.database.url);
    for (const role of ['bridge', 'worker', 'api'] as const) await relay.start(role);
    const stay = { propertyId: 'PROP-002', startDate: day(60), endDate: day(62) };
    const { id } = bookingIn(await relay.as('traveler:ann').post('/api/bookings', stay));
    await relay.reached(id, 'CONFIRMED');
    const told = about(id, await listener.everything(relay.database)).map(({ value }) => value);
    expect(told).toMatchObject([
      { eventType: 'booking.created', type: 'hotel', itemId: 'PROP-002', data: { bookingDetails: {} } },
      { eventType: 'booking.confirmed', type: 'hotel', totalAmountPaid: 250 },
    ]);
  } finally {
    await relay.close();
  }
});
