import { addItem } from '../support/bookings';
import { day, Product } from '../support/product';
import { bookingIn } from '../support/rest';

let product: Product;
beforeAll(async () => {
  product = await Product.create();
  await addItem(product.database, 'PROP-001');
  await product.start('api');
});
afterAll(() => product.close());

const WHOLE_STORY = [
  'booking.opened',
  'booking.accepted',
  'payment.authorized',
  'inventory.blocked',
  'booking.confirmed',
];

test.each([
  {
    moment: 'after the provider took the hold, before anybody knows',
    failpoint: 'authorize.answered',
    startDate: day(30),
    endDate: day(33),
    asked: 2,
  },
  {
    moment: 'after the authorization was committed, before the nights are blocked',
    failpoint: 'payment.authorized.committed',
    startDate: day(40),
    endDate: day(43),
    asked: 1,
  },
])(
  'a worker killed $moment leaves a booking that the next worker finishes with that one authorization',
  async ({ failpoint, startDate, endDate, asked }) => {
    const doomed = await product.spawn('worker', { FAILPOINTS: `${failpoint}=kill` });
    const stay = { propertyId: 'PROP-001', startDate, endDate };
    const created = await product.as('traveler:traveler-1').post('/api/bookings', stay);
    const { id } = bookingIn(created);
    await product.as('owner:owner-1').put(`/api/bookings/${id}/accept`);
    await doomed.reached(failpoint);
    expect(await doomed.ended).toBe('SIGKILL');

    const next = await product.start('worker');
    await product.reached(id, 'CONFIRMED');
    expect((await product.timeline(id)).map(({ type }) => type)).toEqual(WHOLE_STORY);
    expect(await product.authorizations(id)).toEqual([{ status: 'held', calls: asked }]);
    await product.stop(next);
  },
  120_000,
);
