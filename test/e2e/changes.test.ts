import { localDate } from '../../domain/stay-clock';
import { addDays } from '../../domain/stay-dates';
import { seed } from '../../scripts/seed';
import { about, type Listener, listen } from '../support/listener';
import { Product } from '../support/product';
import { type RestCaller, reservationIn } from '../support/rest';

const TOPICS = [
  'availability.updated',
  'reservation.cancelled',
  'reservation.confirmed',
  'reservation.created',
  'reservation.modified',
];

let product: Product;
let listener: Listener;
let guest: RestCaller;

beforeAll(async () => {
  product = await Product.create();
  await seed(product.database.url);
  await product.start('bridge');
  await product.start('worker');
  await product.start('api');
  listener = await listen(product.config, TOPICS);
  guest = product.as('traveler:ann');
});
afterAll(async () => {
  await listener?.stop();
  await product.close();
});

const at = (rsv: string, rest = '') => `/api/reservations/${rsv}${rest}`;

test('a reservation is quoted anew, changed, told as modified with what it was, and cancelled as it then is', async () => {
  const checkIn = addDays(localDate(new Date(), 'Europe/Berlin'), 20);
  const reserved = await guest.post('/api/reservations', {
    propertyId: 'HOTEL-001',
    roomType: 'STD',
    guestDetails: { name: 'Ann Lee', email: 'ann@example.com' },
    stayDetails: { checkIn, checkOut: addDays(checkIn, 2), guests: 2 },
    paymentToken: 'tok_approved',
  });
  const { id, confirmationNumber: rsv } = reservationIn(reserved);
  await product.reached(id, 'CONFIRMED');

  const checkOut = addDays(checkIn, 5);
  const quoted = await guest.get(at(rsv, `/change-quote?checkOut=${checkOut}&guests=1`));
  const { data: quote } = quoted.body as unknown as { data: { to: { totalPrice: number } } };
  expect(quote).toMatchObject({ from: { totalPrice: 240 }, difference: 360, available: true });

  const body = { stayDetails: { checkOut, guests: 1 }, totalPrice: quote.to.totalPrice };
  const changed = await guest.put(at(rsv), body, 'five-nights');
  expect(changed.status).toBe(200);
  expect(reservationIn(changed)).toMatchObject({
    state: 'CONFIRMED',
    stayDetails: { checkIn, checkOut, nights: 5, guests: 1 },
    pricingDetails: { totalPrice: 600 },
  });
  expect(reservationIn(await guest.put(at(rsv), body, 'five-nights'))).toEqual(reservationIn(changed));
  const nights = `SELECT count(*)::int AS taken FROM booking.availability_calendar
                  WHERE item_id = 'HOTEL-001:STD' AND blocked = 1`;
  expect(await product.database.query(nights)).toEqual([{ taken: 5 }]);

  const stranger = await product.as('traveler:eve').put(at(rsv), body);
  expect(stranger.status).toBe(404);
  expect((await guest.delete(at(rsv))).status).toBe(200);
  await product.undone(id);
  expect(await product.database.query(nights)).toEqual([{ taken: 0 }]);
  const left = (await product.authorizations(id)).filter(({ status }) => status !== 'voided');
  expect(left).toEqual([]);

  const heard = about(id, await listener.everything(product.database)).toSorted(
    (a, b) => Number(a.value.sequence) - Number(b.value.sequence),
  );
  expect(heard.filter(({ topic }) => topic.startsWith('reservation.')).map(({ topic }) => topic)).toEqual([
    'reservation.created',
    'reservation.confirmed',
    'reservation.modified',
    'reservation.cancelled',
  ]);
  const modified = heard.find(({ topic }) => topic === 'reservation.modified');
  expect(modified).toMatchObject({
    key: 'HOTEL-001',
    value: {
      confirmationNumber: rsv,
      guestDetails: { name: 'Ann Lee' },
      stayDetails: { nights: 5, guests: 1 },
      pricingDetails: { totalPrice: 600 },
      previous: { stayDetails: { nights: 2, guests: 2 }, pricingDetails: { totalPrice: 240 } },
      priceDifference: 360,
      state: 'CONFIRMED',
    },
  });
  const calendar = heard.filter(({ topic }) => topic === 'availability.updated');
  expect(calendar.map(({ value }) => value.change)).toEqual(['blocked', 'released', 'blocked', 'released']);
  expect(new Set(calendar.map(({ headers }) => headers.ce_id)).size).toBe(4);
});
