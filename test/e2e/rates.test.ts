import { addDays, type CalendarDate } from '../../domain/stay-dates';
import { seed } from '../../scripts/seed';
import { type Listener, listen } from '../support/listener';
import { Product } from '../support/product';
import { reservationIn } from '../support/rest';

let product: Product;
let listener: Listener;
beforeAll(async () => {
  product = await Product.create();
  await seed(product.database.url);
  await product.start('bridge');
  await product.start('worker');
  await product.start('api');
  listener = await listen(product.config, ['rate.updated', 'rate.applied']);
});
afterAll(async () => {
  await listener?.stop();
  await product.close();
});

test('an owner’s rates are told, a quote of them is booked, and what it was sold at is told line by line', async () => {
  const room = { propertyId: 'HOTEL-001', roomType: 'STD' };
  const owner = product.as('owner:owner-3');
  const guest = product.as('traveler:ann');
  const checkIn = addDays(new Date().toISOString().slice(0, 10) as CalendarDate, 20);
  const stay = { checkIn, checkOut: addDays(checkIn, 2), guests: 2 };
  const plan = (basePrice: number) => ({
    ...{ code: 'STANDARD', basePrice, taxes: [{ name: 'City tax', percent: 5, included: false }] },
  });

  expect((await owner.put('/api/rates', { ...room, plan: plan(100), reason: 'Winter' })).status).toBe(200);
  const query = Object.entries({ ...room, ...stay }).map(([name, value]) => `${name}=${value}`);
  const quoted = await guest.get(`/api/rates/quote?${query.join('&')}`);
  const { quoteId } = (quoted.body as unknown as { data: { quoteId: string } }).data;
  await owner.put('/api/rates', { ...room, plan: plan(900) });
  const booked = await guest.post('/api/reservations', {
    ...{ ...room, quoteId, stayDetails: stay, paymentToken: 'tok_approved' },
    guestDetails: { name: 'Ann Lee', email: 'ann@example.com' },
  });
  const { id } = reservationIn(booked);
  await product.reached(id, 'CONFIRMED');

  const heard = await listener.everything(product.database);
  const ours = heard.filter(({ key }) => key === 'HOTEL-001').map(({ value }) => value);
  const updates = ours.filter(({ eventType }) => eventType === 'rate.updated');
  expect(updates).toMatchObject([
    {
      itemId: 'HOTEL-001:STD',
      updatedBy: 'owner-3',
      pricingDetails: { ratePlan: 'STANDARD', planVersion: 1, reason: 'Winter', after: { basePrice: 100 } },
    },
    { pricingDetails: { planVersion: 2, before: { basePrice: 100 }, after: { basePrice: 900 } } },
  ]);
  expect(Number(updates[1]?.sequence)).toBe(Number(updates[0]?.sequence) + 1);
  const applied = ours.filter(({ bookingId }) => bookingId === id);
  expect(applied).toMatchObject([
    {
      eventType: 'rate.applied',
      state: 'CONFIRMED',
      pricingDetails: {
        ...{ ratePlan: 'STANDARD', totalPrice: 210, currency: 'USD' },
        lines: [
          { kind: 'night', date: checkIn, amount: 100 },
          { kind: 'night', amount: 100 },
          { kind: 'tax', name: 'City tax', percent: 5, amount: 10 },
        ],
      },
    },
  ]);
  expect(JSON.stringify(applied)).not.toMatch(/Ann|example\.com/);
});
