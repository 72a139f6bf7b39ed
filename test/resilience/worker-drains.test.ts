import { addItem } from '../support/bookings';
import { day, Product } from '../support/product';
import { bookingIn } from '../support/rest';
import { until } from '../support/until';

let product: Product;
beforeAll(async () => {
  product = await Product.create();
  await addItem(product.database, 'PROP-001');
  await product.start('api');
});
afterAll(() => product.close());

test('a worker asked to end hands in the payment it is at, and the next one finishes the booking', async () => {
  const leaving = await product.spawn('worker');
  const stay = { propertyId: 'PROP-001', startDate: day(30), endDate: day(33), paymentToken: 'tok_slow' };
  const { id } = bookingIn(await product.as('traveler:traveler-1').post('/api/bookings', stay));
  await product.as('owner:owner-1').put(`/api/bookings/${id}/accept`);
  await until(
    () => product.authorizations(id),
    ([asked]) => asked?.status === 'calling',
  );
  leaving.terminate();
  expect(await leaving.ended).toBe(0);
  expect(await product.authorizations(id)).toEqual([{ status: 'held', calls: 1 }]);

  await product.start('worker');
  expect(await product.reached(id, 'CONFIRMED')).toMatchObject({ paymentStatus: 'authorized' });
  // Asked once: the answer was handed in, so nobody had to ask again.
  expect(await product.authorizations(id)).toEqual([{ status: 'held', calls: 1 }]);
}, 120_000);
