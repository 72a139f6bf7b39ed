import { addItem } from '../support/bookings';
import type { Heard, Listener } from '../support/listener';
import { about, listen } from '../support/listener';
import { day, Product } from '../support/product';
import { bookingIn, type RestCaller } from '../support/rest';
import { until } from '../support/until';

let product: Product;
let listener: Listener;
let traveler: RestCaller;
let owner: RestCaller;

beforeAll(async () => {
  product = await Product.create();
  await addItem(product.database, 'PROP-001');
  await product.start('bridge');
  await product.start('worker');
  await product.start('api');
  listener = await listen(product.config);
  traveler = product.as('traveler:traveler-1');
  owner = product.as('owner:owner-1');
});
afterAll(async () => {
  await listener.stop();
  await product.close();
});

/** What was told of a booking, without what every message has: topic, word, exact state, sequence, who and why. */
function plot(messages: readonly Heard[]) {
  return messages.map(({ topic, value }) => [
    topic === product.config.KAFKA_REQUEST_TOPIC ? 'request' : 'update',
    value.sequence,
    value.state,
    value.status,
    ...(value.updatedBy ? [value.updatedBy] : []),
    ...(value.reason ? [value.reason] : []),
  ]);
}

test('a request becomes a confirmed booking, and its listeners hear each step once, as the contract words it', async () => {
  const asked = { propertyId: 'PROP-001', ownerId: 'owner-1', startDate: day(30), endDate: day(33) };
  const created = await traveler.post('/api/bookings', { ...asked, totalPrice: 900, guests: 2 });
  expect(created).toMatchObject({ status: 201, body: { message: 'Booking created' } });
  const { id } = bookingIn(created);
  const accepted = await owner.put(`/api/bookings/${id}/accept`);
  expect(accepted).toMatchObject({ status: 200, body: { message: 'Booking accepted' } });
  expect(await product.reached(id, 'CONFIRMED')).toMatchObject({
    status: 'ACCEPTED',
    paymentStatus: 'authorized',
  });

  const heard = about(id, await listener.everything(product.database));
  expect(plot(heard)).toEqual([
    ['request', 1, 'PENDING', 'PENDING'],
    ['update', 2, 'ACCEPTED', 'ACCEPTED', 'OWNER'],
    ['update', 3, 'PAYMENT_AUTHORIZED', 'ACCEPTED', 'SYSTEM'],
    ['update', 5, 'CONFIRMED', 'ACCEPTED', 'SYSTEM'],
  ]);
  const timeline = new Map((await product.timeline(id)).map((fact) => [fact.sequence, fact]));
  const facts = await product.database.query<{ sequence: number; fact_id: string }>(
    'SELECT sequence, fact_id FROM booking.booking_events WHERE booking_id = $1',
    [id],
  );
  for (const { key, headers, value } of heard) {
    const at = timeline.get(Number(value.sequence))?.at;
    expect(key).toBe(id);
    expect(value).toMatchObject({
      bookingId: id,
      travelerId: 'traveler-1',
      ownerId: 'owner-1',
      timestamp: at,
    });
    expect(headers).toEqual({
      ce_specversion: '1.0',
      ce_id: expect.stringMatching(/./),
      ce_type: value.type,
      ce_source: expect.stringMatching(/./),
      ce_time: at,
      ce_factid: facts.find(({ sequence }) => sequence === value.sequence)?.fact_id,
      'content-type': 'application/json',
    });
  }
  const [request, update] = heard;
  expect(request?.value).toEqual({
    type: 'booking-created',
    bookingId: id,
    propertyId: 'PROP-001',
    propertyName: 'Luxury Beach Villa',
    travelerId: 'traveler-1',
    ownerId: 'owner-1',
    startDate: `${day(30)}T00:00:00.000Z`,
    endDate: `${day(33)}T00:00:00.000Z`,
    checkIn: `${day(30)}T00:00:00.000Z`,
    checkOut: `${day(33)}T00:00:00.000Z`,
    guests: 2,
    totalPrice: 900,
    status: 'PENDING',
    timestamp: timeline.get(1)?.at,
    state: 'PENDING',
    sequence: 1,
  });
  expect(update?.value).toEqual({
    type: 'booking-status-updated',
    bookingId: id,
    status: 'ACCEPTED',
    updatedBy: 'OWNER',
    travelerId: 'traveler-1',
    ownerId: 'owner-1',
    timestamp: timeline.get(2)?.at,
    state: 'ACCEPTED',
    sequence: 2,
  });
});

test('the travelers’ and owners’ spelling leads to the same', async () => {
  const created = await traveler.post('/api/travelers/bookings', {
    property_id: 'PROP-001',
    check_in_date: day(40),
    check_out_date: day(42),
    guests: 3,
    total_price: 600,
  });
  expect(created).toMatchObject({
    status: 201,
    body: { success: true, message: 'Booking created successfully', data: { status: 'PENDING' } },
  });
  const { _id: id } = bookingIn(created);
  expect(await owner.put(`/api/owners/bookings/${id}/approve`)).toMatchObject({
    status: 200,
    body: { success: true, data: { _id: id, status: 'ACCEPTED' } },
  });
  await product.reached(id, 'CONFIRMED');

  const heard = about(id, await listener.everything(product.database));
  expect(plot(heard).map(([, sequence, state]) => [sequence, state])).toEqual([
    [1, 'PENDING'],
    [2, 'ACCEPTED'],
    [3, 'PAYMENT_AUTHORIZED'],
    [5, 'CONFIRMED'],
  ]);
  expect(heard[0]?.value).toMatchObject({ guests: 3, totalPrice: 600, checkIn: `${day(40)}T00:00:00.000Z` });
});

test('a rejected request is told as cancelled, with the owner’s words, and never reaches the card', async () => {
  const { id } = await asked(50, 53);
  const rejected = await owner.put(`/api/owners/bookings/${id}/reject`, {
    reason: 'The roof is being repaired',
  });
  expect(rejected).toMatchObject({ status: 200, body: { data: { state: 'REJECTED', status: 'CANCELLED' } } });

  expect(plot(about(id, await listener.everything(product.database)))).toEqual([
    ['request', 1, 'PENDING', 'PENDING'],
    ['update', 2, 'REJECTED', 'CANCELLED', 'OWNER', 'The roof is being repaired'],
  ]);
  expect(await product.authorizations(id)).toEqual([]);
});

test('a confirmed booking that is cancelled gives back money and nights, and is told once as cancelled', async () => {
  const { id } = await asked(60, 63);
  await owner.put(`/api/bookings/${id}/accept`);
  await product.reached(id, 'CONFIRMED');
  const cancelled = await traveler.put(`/api/bookings/${id}/cancel`, { reason: 'Plans changed' });
  expect(cancelled).toMatchObject({ status: 200, body: { booking: { state: 'CANCELLED' } } });
  expect(await product.undone(id)).toMatchObject({ state: 'CANCELLED', paymentStatus: 'voided' });

  expect(plot(about(id, await listener.everything(product.database))).slice(3)).toEqual([
    ['update', 5, 'CONFIRMED', 'ACCEPTED', 'SYSTEM'],
    ['update', 6, 'CANCELLED', 'CANCELLED', 'TRAVELER', 'Plans changed'],
  ]);
  expect(await product.authorizations(id)).toMatchObject([{ status: 'voided' }]);
  expect(await asked(60, 63)).toMatchObject({ state: 'PENDING' });
});

test('after a declined card another one confirms the booking, and only that one is held', async () => {
  const { id } = await asked(70, 73, 'tok_declined');
  await owner.put(`/api/bookings/${id}/accept`);
  await until(
    () => product.timeline(id),
    (facts) => facts.at(-1)?.type === 'payment.declined',
  );
  const another = await traveler.put(`/api/bookings/${id}/payment`, { paymentToken: 'tok_approved' });
  expect(another).toMatchObject({ status: 200, body: { message: 'Payment method received' } });
  await product.reached(id, 'CONFIRMED');

  expect(plot(about(id, await listener.everything(product.database)))).toEqual([
    ['request', 1, 'PENDING', 'PENDING'],
    ['update', 2, 'ACCEPTED', 'ACCEPTED', 'OWNER'],
    ['update', 4, 'PAYMENT_AUTHORIZED', 'ACCEPTED', 'SYSTEM'],
    ['update', 6, 'CONFIRMED', 'ACCEPTED', 'SYSTEM'],
  ]);
  // The first card was declined when it was to be kept, before any money was asked for.
  expect(await product.authorizations(id)).toMatchObject([{ status: 'held' }]);
});

async function asked(from: number, to: number, paymentToken = 'tok_approved') {
  const stay = { propertyId: 'PROP-001', startDate: day(from), endDate: day(to) };
  return bookingIn(await traveler.post('/api/bookings', { ...stay, paymentToken }));
}
