import { localDate } from '../../domain/stay-clock';
import { addDays } from '../../domain/stay-dates';
import { type Listener, listen } from '../support/listener';
import { Product } from '../support/product';
import { bookingIn, type RestCaller } from '../support/rest';
import { until } from '../support/until';

let product: Product;
let listener: Listener;
let owner: RestCaller;

beforeAll(async () => {
  product = await Product.create();
  await product.start('bridge');
  await product.start('worker');
  await product.start('api');
  listener = await listen(product.config, ['availability.updated']);
  owner = product.as('owner:owner-7');
});
afterAll(async () => {
  await listener?.stop();
  await product.close();
});

const day = (ahead: number) => addDays(localDate(new Date(), 'Europe/Berlin'), ahead);

test('an owner puts a home into the catalogue; requests keep its nights, closed dates are told', async () => {
  const created = await owner.post('/api/items', {
    ...{
      id: 'E2E-HOUSE',
      system: 'stays',
      kind: 'property',
      name: 'House',
      nightlyPrice: 100,
      currency: 'EUR',
    },
    ...{ maxGuests: 4, timeZone: 'Europe/Berlin', minNights: 2 },
    blockPolicy: { pending: 'blocked', expiresAfterSeconds: 3600 },
  });
  expect(created.status).toBe(201);

  const stay = (from: number, to: number) => ({
    propertyId: 'E2E-HOUSE',
    startDate: day(from),
    endDate: day(to),
  });
  const { id } = bookingIn(await product.as('traveler:ann').post('/api/bookings', stay(30, 32)));
  await until(
    () => product.database.query("SELECT 1 FROM booking.booking_events WHERE type = 'inventory.blocked'"),
    (facts) => facts.length === 1,
  );
  expect(await product.as('traveler:bob').post('/api/bookings', stay(31, 33))).toMatchObject({
    status: 409,
    body: { code: 'nights-unavailable', reasons: [{ night: day(31), reason: 'sold-out' }] },
  });

  const span = (from: number, to: number) => ({ propertyId: 'E2E-HOUSE', from: day(from), to: day(to) });
  expect(await owner.post('/api/availability/block', span(29, 31))).toMatchObject({
    status: 409,
    body: { code: 'nights-sold', bookings: [{ bookingId: id, nights: [day(30)] }] },
  });
  expect((await owner.post('/api/availability/block', span(40, 41))).status).toBe(200);
  expect((await owner.put(`/api/owners/bookings/${id}/approve`)).status).toBe(200);
  await product.reached(id, 'CONFIRMED');
  await owner.post('/api/availability/release', span(40, 41));

  const heard = await listener.everything(product.database);
  const own = heard.filter(({ key }) => key === 'E2E-HOUSE').map(({ value }) => value);
  expect(own.map(({ change, state, sequence }) => [change, state, sequence])).toEqual([
    ['blocked', 'PENDING', 2],
    ['closed', undefined, 2],
    ['opened', undefined, 3],
  ]);
  expect(own[1]).toMatchObject({ confirmationNumber: null, updatedBy: 'owner-7' });
  expect(own[1]).not.toHaveProperty('bookingId');
});
