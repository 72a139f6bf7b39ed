import { adminService } from '../../consumers/admin-service/group';
import { bookingStatusSync } from '../../consumers/booking-status-sync/group';
import { chosenGroups, GROUPS, UnknownGroup } from '../../consumers/groups';
import { owner } from '../../consumers/owner/group';
import { Envelopes } from '../../consumers/runner/envelope';
import type { Group, Outcome } from '../../consumers/runner/group';
import { userService } from '../../consumers/user-service/group';
import { TOPICS } from '../../domain/topics';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import { freshDatabase, type TestDatabase } from '../support/database';

const RENAMES = { KAFKA_REQUEST_TOPIC: 'booking-requests', KAFKA_RESPONSE_TOPIC: 'booking-updates' };

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

/** Hands a group a message as it is on the wire. */
function tell(group: Group, topic: string, value: object, factId = 'f4c7'): Promise<Outcome> {
  const opened = new Envelopes(group.topics, RENAMES).open({
    ...{ topic, partition: 0, offset: '0', timestamp: 0, key: 'BKG1', value: JSON.stringify(value) },
    headers: {
      ...{ ce_id: `${factId}:${topic}`, ce_type: 'told', ce_time: '2027-01-02T03:04:05.678Z' },
      ce_factid: factId,
    },
  });
  if (opened.kind === 'misfit') throw new Error(opened.error);
  return transactions.run((transaction) => group.handle(opened.event, transaction));
}

const update = {
  ...{ type: 'booking-status-updated', bookingId: 'BKG1', status: 'ACCEPTED', updatedBy: 'OWNER' },
  ...{ travelerId: 'ann', ownerId: 'owner-1', timestamp: '2027-01-02T03:04:05.678Z' },
  ...{ state: 'ACCEPTED', sequence: 2 },
};
const bought = {
  ...{
    eventType: 'booking.created',
    timestamp: '2027-01-02T03:04:05.678Z',
    bookingId: 'BKG1',
    userId: 'ann',
  },
  ...{ type: 'flight', itemId: 'FLIGHT-AA601', quantity: 1, totalAmountPaid: 299.99, currency: 'USD' },
  ...{ data: { bookingDetails: { passengers: ['Ann Lee'] } }, state: 'PENDING', sequence: 1 },
};
const confirmed = { ...bought, eventType: 'booking.confirmed', state: 'CONFIRMED', sequence: 6 };
const cancelled = {
  ...{ ...bought, eventType: 'booking.cancelled', state: 'CANCELLED', sequence: 8 },
  ...{ timestamp: '2027-01-03T00:00:00.000Z', reason: 'Plans changed' },
};

test('the traveler’s view of status takes the newest word and ignores an older one', async () => {
  const ended = { ...update, status: 'CANCELLED', state: 'CANCELLED', sequence: 5, reason: 'Plans changed' };
  const say = (value: object) => tell(bookingStatusSync, 'booking-updates', value);
  expect([await say(update), await say(ended), await say({ ...update, sequence: 4 })]).toEqual([
    'done',
    'done',
    'ignored',
  ]);
  expect(
    await database.query(
      'SELECT booking_id, traveler_id, status, state, reason, seen FROM booking_status.bookings',
    ),
  ).toEqual([
    {
      ...{ booking_id: 'BKG1', traveler_id: 'ann', status: 'CANCELLED', state: 'CANCELLED' },
      ...{ reason: 'Plans changed', seen: { bookingUpdates: 5 } },
    },
  ]);
});

test('a user’s history holds when it was booked and what became of it, and nothing that names people', async () => {
  const days = { startDate: '2027-03-28T00:00:00.000Z', endDate: '2027-03-29T00:00:00.000Z' };
  for (const value of [{ ...bought, ...days }, confirmed, cancelled, bought])
    await tell(userService, 'bookings', value);
  const rows = await database.query(
    'SELECT *, start_date::text AS from, end_date::text AS to FROM user_service.booking_history',
  );
  expect(rows).toMatchObject([
    {
      ...{ booking_id: 'BKG1', user_id: 'ann', type: 'flight', item_id: 'FLIGHT-AA601', status: 'cancelled' },
      ...{ booked_at: new Date(bought.timestamp), updated_at: new Date(cancelled.timestamp) },
      ...{ total_amount_paid: '299.99', reason: 'Plans changed' },
      // The days stay known, though a message of a first release does not name them.
      ...{ from: '2027-03-28', to: '2027-03-29' },
    },
  ]);
  expect(JSON.stringify(rows)).not.toContain('Ann Lee');
});

test('the owner’s inbox holds a request once, on the days that it names', async () => {
  const request = {
    ...{ type: 'booking-created', bookingId: 'BKG1', propertyId: 'PROP-001', propertyName: 'Villa' },
    ...{ travelerId: 'ann', ownerId: 'owner-1', guests: 2, totalPrice: 899.97, status: 'PENDING' },
    ...{ startDate: '2027-03-28T00:00:00.000Z', endDate: '2027-03-31T00:00:00.000Z' },
    ...{ checkIn: '2027-03-28T00:00:00.000Z', checkOut: '2027-03-31T00:00:00.000Z' },
    ...{ timestamp: '2027-01-02T03:04:05.678Z', state: 'PENDING', sequence: 1 },
  };
  for (const value of [request, request]) await tell(owner, 'booking-requests', value);
  expect(
    await database.query(
      'SELECT owner_id, property_name, check_in::text, check_out::text, total_price FROM owner_service.requests',
    ),
  ).toEqual([
    {
      ...{ owner_id: 'owner-1', property_name: 'Villa', check_in: '2027-03-28', check_out: '2027-03-31' },
      total_price: '899.97',
    },
  ]);
});

test('revenue counts what stands, and a fact that is told twice counts once', async () => {
  const other = { ...confirmed, bookingId: 'BKG2', totalAmountPaid: 100.5 };
  expect(await tell(adminService, 'bookings', bought, 'f1')).toBe('done');
  expect(await tell(adminService, 'bookings', confirmed, 'f2')).toBe('done');
  expect(await tell(adminService, 'bookings', confirmed, 'f2')).toBe('ignored');
  await tell(adminService, 'bookings', other, 'f3');
  const revenue = () =>
    database.query('SELECT day::text, type, currency, amount, bookings FROM admin_service.revenue');
  const day = { day: '2027-01-02', type: 'flight', currency: 'USD' };
  expect(await revenue()).toEqual([{ ...day, amount: '400.49', bookings: 2 }]);
  await tell(adminService, 'bookings', cancelled, 'f4');
  expect(await revenue()).toEqual([{ ...day, amount: '100.5', bookings: 1 }]);
  expect(
    await database.query('SELECT type, status, bookings FROM admin_service.counts ORDER BY status'),
  ).toEqual([
    { type: 'flight', status: 'cancelled', bookings: 1 },
    { type: 'flight', status: 'confirmed', bookings: 1 },
  ]);
  expect(await database.query('SELECT fact_id FROM admin_service.events ORDER BY 1')).toHaveLength(4);
});

test('every group that ships has a name of its own and reads topics that there are', () => {
  expect(new Set(GROUPS.map(({ name }) => name)).size).toBe(GROUPS.length);
  for (const { topics } of GROUPS) {
    for (const word of Object.keys(topics)) expect(TOPICS).toHaveProperty(word);
  }
});

test('CONSUMER_GROUPS names groups', () => {
  expect(chosenGroups([])).toBe(GROUPS);
  expect(chosenGroups(['owner-group'])).toEqual([owner]);
  expect(() => chosenGroups(['owner'])).toThrow(UnknownGroup);
});
