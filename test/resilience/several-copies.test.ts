import { freePort } from '../../scripts/stack/ports';
import { addItem } from '../support/bookings';
import { day, Product } from '../support/product';
import { bookingIn, insist } from '../support/rest';

let product: Product;
let ports: [number, number];
beforeAll(async () => {
  product = await Product.create();
  await addItem(product.database, 'PROP-001');
  ports = [product.config.PORT, await freePort()];
  await Promise.all([
    product.spawn('worker'),
    product.spawn('worker'),
    ...ports.map((port) => product.spawn('api', { PORT: String(port) })),
  ]);
}, 120_000);
afterAll(() => product.close());

test('two copies of API and worker carry a booking between them, whichever takes what', async () => {
  const [one, other] = ports;
  const starts = [30, 40, 50, 60, 70, 80];
  const ids = await Promise.all(
    starts.map(async (start) => {
      const stay = { propertyId: 'PROP-001', startDate: day(start), endDate: day(start + 2) };
      const created = await insist(() =>
        product.as('traveler:traveler-1', one).post('/api/bookings', stay, `ask-${start}`),
      );
      const { id } = bookingIn(created);
      await insist(() =>
        product.as('owner:owner-1', other).put(`/api/bookings/${id}/accept`, {}, `yes-${id}`),
      );
      return id;
    }),
  );
  for (const id of ids) {
    await product.reached(id, 'CONFIRMED');
    expect(await product.authorizations(id)).toMatchObject([{ status: 'held' }]);
  }
}, 120_000);

test('one request sent to both copies at once opens one booking', async () => {
  const stay = { propertyId: 'PROP-001', startDate: day(100), endDate: day(102) };
  const send = (port: number) =>
    insist(() => product.as('traveler:traveler-2', port).post('/api/bookings', stay, 'sent-twice'));
  const [first, second] = await Promise.all(ports.map(send));
  expect(first?.status).toBe(201);
  expect(second?.body).toEqual(first?.body);
  const opened = await product.database.query(
    `SELECT id FROM booking.bookings WHERE traveler_id = 'traveler-2'`,
  );
  expect(opened).toHaveLength(1);
}, 60_000);
