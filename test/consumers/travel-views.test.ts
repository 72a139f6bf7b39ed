import { billingService } from '../../consumers/billing-service/group';
import { carService } from '../../consumers/car-service/group';
import { flightService } from '../../consumers/flight-service/group';
import { hotelService } from '../../consumers/hotel-service/group';
import type { Group } from '../../consumers/runner/group';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import { openStory, tell, usd } from '../database/ledger-story';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import { hand, takeTold } from '../support/told';

const GROUPS: readonly Group[] = [flightService, hotelService, carService, billingService];

let database: TestDatabase;
let transactions: Transactions;
beforeAll(async () => {
  database = await freshDatabase();
  transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 2, timeoutMs: 2_000 },
  });
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

let told = 0;
/** A message of the topic `bookings`, as it is on the wire. */
const message = (value: object) => {
  told += 1;
  return {
    ...{ topic: 'bookings', key: 'BKG1', value: JSON.stringify(value) },
    headers: { ce_id: `f${told}:bookings`, ce_type: 'told', ce_time: '2027-01-02T03:04:05.678Z' },
  };
};
const say = async (value: object) => {
  for (const group of GROUPS) await hand(transactions, group, [message(value)]);
};

const created = {
  ...{ eventType: 'booking.created', timestamp: '2027-01-02T03:04:05.678Z', bookingId: 'BKG1' },
  ...{ userId: 'ann', type: 'hotel', itemId: 'HOTEL-9', quantity: 2 },
  ...{ startDate: '2027-03-27T00:00:00.000Z', endDate: '2027-03-30T00:00:00.000Z' },
  ...{
    totalAmountPaid: 299.99,
    currency: 'USD',
    data: { bookingDetails: {} },
    state: 'PENDING',
    sequence: 1,
  },
};
const as = (eventType: string, sequence: number, state: string, more: object = {}) => ({
  ...created,
  ...{ eventType, sequence, state },
  ...more,
});

const rooms = (itemId: string) =>
  database.query(
    'SELECT night::text, taken, bookings FROM hotel_service.availability WHERE item_id = $1 ORDER BY night',
    [itemId],
  );

test('rooms are taken once for each night at created, and given back at cancelled, also when told again', async () => {
  await say(created);
  await say(created);
  await say(as('booking.confirmed', 6, 'CONFIRMED'));
  await say({ ...created, bookingId: 'BKG2', quantity: 1, startDate: '2027-03-29T00:00:00.000Z' });
  expect(await rooms('HOTEL-9')).toEqual([
    { night: '2027-03-27', taken: 2, bookings: 1 },
    // The clocks change in this one.
    { night: '2027-03-28', taken: 2, bookings: 1 },
    { night: '2027-03-29', taken: 3, bookings: 2 },
  ]);
  await say(as('booking.cancelled', 8, 'CANCELLED'));
  await say(as('booking.confirmed', 6, 'CONFIRMED'));
  expect(await rooms('HOTEL-9')).toEqual([{ night: '2027-03-29', taken: 1, bookings: 1 }]);
});

test('a seat is one of a departure’s, and a failed purchase gives it back', async () => {
  const seat = {
    ...{ bookingId: 'BKG3', type: 'flight', itemId: 'FLIGHT-1' },
    ...{ startDate: '2027-04-01T00:00:00.000Z', endDate: '2027-04-02T00:00:00.000Z' },
  };
  const seats = () =>
    database.query('SELECT item_id, departure::text, taken FROM flight_service.availability');
  await say({ ...created, ...seat });
  expect(await seats()).toEqual([{ item_id: 'FLIGHT-1', departure: '2027-04-01', taken: 2 }]);
  await say(as('booking.failed', 4, 'FAILED', seat));
  expect(await seats()).toEqual([]);
  expect(await database.query('SELECT * FROM car_service.bookings')).toEqual([]);
});

test('days that an earlier release did not tell count nowhere until a later message tells them', async () => {
  const early = {
    ...created,
    bookingId: 'BKG4',
    itemId: 'HOTEL-8',
    startDate: undefined,
    endDate: undefined,
  };
  await say(early);
  expect(await rooms('HOTEL-8')).toEqual([]);
  await say(as('booking.confirmed', 6, 'CONFIRMED', { bookingId: 'BKG4', itemId: 'HOTEL-8' }));
  expect(await rooms('HOTEL-8')).toHaveLength(3);
  await say({ ...early, eventType: 'booking.confirmed', sequence: 7, state: 'CONFIRMED' });
  expect(await rooms('HOTEL-8')).toHaveLength(3);
});

test('a car that was sold by the product is taken on its days, and its bill has the invoice that came with it', async () => {
  const itemId = await addItem(database, 'CAR-1', 3);
  await database.query("UPDATE booking.items SET system = 'travel', kind = 'car' WHERE id = $1", [itemId]);
  const story = await openStory(database, itemId, { system: 'travel', quantity: 2 });
  await tell(database, story, 'booking.accepted');
  const hold = { authorizationId: 'auth-1', amount: usd(90_000), reference: 'auth-1' };
  await tell(database, story, 'payment.authorized', hold);
  await tell(database, story, 'payment.captured', hold);
  await tell(database, story, 'booking.confirmed');
  const messages = await takeTold(database);
  for (const group of GROUPS) await hand(transactions, group, messages);
  expect(
    await database.query(
      'SELECT day::text, taken, capacity, left_over FROM car_service.availability ORDER BY day',
    ),
  ).toEqual([
    { day: '2030-07-01', taken: 2, capacity: 3, left_over: 1 },
    { day: '2030-07-02', taken: 2, capacity: 3, left_over: 1 },
    { day: '2030-07-03', taken: 2, capacity: 3, left_over: 1 },
  ]);
  const bill = { amount: '900', currency: 'USD', status: 'confirmed', invoice_number: 'INV-owner-1-000001' };
  const bills = () =>
    database.query(
      'SELECT amount, currency, status, invoice_number FROM billing_service.bills WHERE booking_id = $1',
      [story.id],
    );
  expect(await bills()).toEqual([bill]);
  await tell(database, story, 'booking.cancelled');
  await hand(transactions, billingService, await takeTold(database));
  expect(await bills()).toEqual([{ ...bill, status: 'cancelled' }]);
});
