import { userService } from '../../consumers/user-service/group';
import { SYSTEMS } from '../../domain/item';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import { addRoom, bySystem } from '../support/bookings';
import { change, commitStep, confirmedReservation, stay, step } from '../support/changes';
import { hand, takeTold } from '../support/told';
import { type ApiWorld, apiWorld } from './support/api-world';

const flight = {
  ...{ type: 'flight', itemId: 'FLIGHT-AA601', totalAmountPaid: 299.99, paymentMethod: 'tok_approved' },
  bookingDetails: { seat: '12A' },
};

let world: ApiWorld;
let transactions: Transactions;
let flightId: string;
beforeAll(async () => {
  world = await apiWorld({ env: { BILLING_WAIT_MS: '0' } });
  transactions = listenerOf(world);
  const home = { propertyId: 'PROP-002', startDate: '2026-07-01', endDate: '2026-07-02' };
  await world.call('POST', '/api/bookings', { as: 'traveler:ann', body: home });
  world.setNow('2026-06-15T16:01:00.000Z');
  const { json } = await world.call('POST', '/api/billing', { as: 'traveler:ann', body: flight });
  flightId = json.bookingId;
});
afterAll(async () => {
  await transactions.close();
  await world.close();
});

function listenerOf({ database }: ApiWorld): Transactions {
  return openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 1, timeoutMs: 5_000 },
  });
}
const history = (query = '', as = 'traveler:ann') =>
  world.call('GET', `/api/users/ann/bookings${query}`, { as });
/** The topic's listener gets what was told since it last did. */
const listen = async () => hand(transactions, userService, await takeTold(world.database));

test('a history has the bookings of every system, newest first, each in its own words, before any listener heard of them', async () => {
  const { json } = await history();
  expect(json).toMatchObject({
    ...{ source: 'event-log', userId: 'ann', nextCursor: null },
    bookings: [
      {
        ...{ type: 'flight', itemId: 'FLIGHT-AA601', status: 'created', totalAmountPaid: 299.99 },
        ...{ userId: 'ann', source: 'event-log', bookingId: flightId, id: flightId },
      },
      { type: 'hotel', itemId: 'PROP-002', status: 'PENDING', totalAmountPaid: 125, source: 'event-log' },
    ],
  });
});

test('it comes in pages, and by word or state', async () => {
  const first = (await history('?limit=1')).json;
  const second = (await history(`?limit=1&cursor=${first.nextCursor}`)).json;
  expect(first.bookings[0].type).toBe('flight');
  expect(second.bookings[0].type).toBe('hotel');
  // A page of what the topic never tells of lacks nothing.
  expect([first.source, second.source]).toEqual(['event-log', 'view']);
  expect((await history('?status=created')).json.bookings).toHaveLength(1);
  expect((await history('?status=PENDING')).json.bookings).toHaveLength(2);
  expect((await history('?status=confirmed')).json.bookings).toHaveLength(0);
  expect((await history('?status=nonsense')).status).toBe(400);
});

test('it is for that user and administrators', async () => {
  expect((await history('', 'admin:root')).json.bookings).toHaveLength(2);
  expect((await history('', 'traveler:bob')).status).toBe(404);
  expect((await history('', 'owner:ann')).status).toBe(403);
});

test('what the topic told is shown as it was told; the log fills in where the listener is behind, and it says so', async () => {
  await listen();
  const view = (await history()).json;
  expect(view).toMatchObject({
    source: 'view',
    bookings: [
      {
        ...{ source: 'view', status: 'created', startDate: '2026-07-30', endDate: '2026-07-31', quantity: 1 },
        ...{ totalAmountPaid: 299.99, totalPrice: 299.99 },
      },
      { source: 'event-log', status: 'PENDING', totalAmountPaid: 125 },
    ],
  });
  // Nobody tells this; it shows where each word comes from.
  await world.database.query(
    `UPDATE user_service.booking_history SET total_amount_paid = 300.5, quantity = 2, start_date = '2026-08-01',
       end_date = '2026-08-03'`,
  );
  expect((await history()).json.bookings[0]).toMatchObject({
    ...{ source: 'view', totalAmountPaid: 300.5, totalPrice: 300.5, total_price: 300.5, quantity: 2 },
    ...{ startDate: '2026-08-01', check_in_date: '2026-08-01', checkOut: '2026-08-03', nights: 2 },
  });
  await world.database.query(
    'UPDATE user_service.booking_history SET start_date = NULL, end_date = NULL', // told by a first release
  );
  expect((await history()).json.bookings[0]).toMatchObject({ source: 'view', startDate: '2026-07-30' });

  await world.saga.commit(flightId as never, 'booking.cancelled', bySystem, 'Plans changed');
  const behind = (await history()).json;
  expect(behind).toMatchObject({
    source: 'event-log',
    bookings: [
      { source: 'event-log', status: 'cancelled', totalAmountPaid: 299.99 },
      { source: 'event-log' },
    ],
  });
  await listen();
  expect((await history()).json).toMatchObject({
    source: 'view',
    bookings: [{ source: 'view', status: 'cancelled', totalAmountPaid: 299.99 }, { status: 'PENDING' }],
  });
});

test('without Kafka all of it is of the event log', async () => {
  const alone = await apiWorld({ env: { KAFKA_BROKERS: '' } });
  const { json } = await alone.call('GET', '/api/users/ann/bookings', { as: 'traveler:ann' });
  expect(json).toMatchObject({ source: 'event-log', bookings: [] });
  await alone.close();
});

test('with every dialect, what the topic has no message for is shown as it is, and holds up nothing else', async () => {
  const everything = await apiWorld({ env: { TOPIC_DIALECTS: SYSTEMS.join() } });
  const { database } = everything;
  const listener = listenerOf(everything);
  const hear = async () => hand(listener, userService, await takeTold(database, SYSTEMS));
  const held = await confirmedReservation(
    database,
    await addRoom(database, 'HOTEL-A:STD', 3),
    stay('2027-03-01', '2027-03-04'),
  );
  const { travelerId, bookingId } = held.request;
  const read = async () =>
    (await everything.call('GET', `/api/users/${travelerId}/bookings`, { as: `traveler:${travelerId}` }))
      .json;
  expect(await read()).toMatchObject({ source: 'event-log', bookings: [{ source: 'event-log' }] });
  await hear();
  const told = { source: 'view', status: 'confirmed', checkIn: '2027-03-01' };
  expect(await read()).toMatchObject({ source: 'view', bookings: [told] });

  await change(database, held, { stay: stay('2027-03-10', '2027-03-12') });
  await hear();
  const changed = { status: 'confirmed', checkIn: '2027-03-10', nights: 2 };
  expect(await read()).toMatchObject({ source: 'view', bookings: [{ ...changed, source: 'event-log' }] });
  // The next message has the new days.
  await commitStep(database, step(bookingId, 7, 'booking.cancelled', 'CONFIRMED', 'CANCELLED'));
  await hear();
  const over = { ...changed, status: 'cancelled', source: 'view' };
  expect(await read()).toMatchObject({ source: 'view', bookings: [over] });
  await listener.close();
  await everything.close();
});
