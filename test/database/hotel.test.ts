import { Pool } from 'pg';
import { PaymentSimulator } from '../../activities/payment-simulator/simulator';
import type { BookingRequest } from '../../domain/booking';
import type { BookingId } from '../../domain/ids';
import { addRoom, hotelRequest } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let books: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  books = new Pool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await books.end();
  await database.close();
});

const NEW_YEAR = Date.parse('2026-12-31T23:59:59.000Z');

/** Opens a booking by the statement the saga uses. */
async function open(request: BookingRequest, at = new Date(NEW_YEAR).toISOString()) {
  const { bookingId } = request;
  const step = { bookingId, sequence: 1, type: 'booking.opened', from: 'NONE', state: 'PENDING' };
  const document = { ...step, undo: 'none', actor: 'TRAVELER', attempts: 1, at, request, decisionBy: at };
  await database.query('SELECT booking.open_booking($1)', [JSON.stringify(document)]);
  const [row] = await database.query<{ confirmation_number: string | null; lane: number }>(
    'SELECT confirmation_number, lane FROM booking.bookings WHERE id = $1',
    [bookingId],
  );
  return row;
}

test('a number has at least six digits, loses none when it has more, and names the year in UTC', async () => {
  const itemId = await addRoom(database, 'HOTEL-A:STD');
  const request = () => hotelRequest({ itemId, now: NEW_YEAR });
  expect((await open(request()))?.confirmation_number).toBe('RSV-2026-000001');
  await database.query(`SELECT setval('booking.confirmation_numbers', 999999)`);
  expect((await open(request(), '2027-01-01T00:00:00.000Z'))?.confirmation_number).toBe('RSV-2027-1000000');
});

test('a repeated opening keeps its number', async () => {
  const itemId = await addRoom(database, 'HOTEL-B:STD');
  const request = hotelRequest({ itemId, now: NEW_YEAR });
  const first = await open(request);
  expect(await open(request)).toEqual(first);
});

test('all rooms of a property share one lane, as their messages share one key', async () => {
  const lanes = new Set<number | undefined>();
  for (const type of ['STD', 'SUITE', 'ATTIC', 'CELLAR', 'TOWER']) {
    const itemId = await addRoom(database, `HOTEL-C:${type}`);
    lanes.add((await open(hotelRequest({ itemId, now: NEW_YEAR })))?.lane);
  }
  expect(lanes.size).toBe(1);
});

test('nights released in part are released once, and the block lives on with the rest', async () => {
  const itemId = await addRoom(database, 'HOTEL-D:STD');
  const release = (from: string) =>
    database.query(`SELECT booking.release_nights('d', 'd', $1, 1, $2::date)`, [itemId, from]);
  const standing = () =>
    database.query(
      `SELECT (SELECT sum(blocked)::int FROM booking.availability_calendar WHERE item_id = $1) AS nights,
              (SELECT status FROM booking.inventory_blocks WHERE id = 'd') AS status`,
      [itemId],
    );
  await database.query(
    `SELECT booking.block_nights('d', 'd', $1, '2027-01-01'::date, '2027-01-04'::date, 1)`,
    [itemId],
  );
  await release('2027-01-02');
  await release('2027-01-02');
  expect(await standing()).toEqual([{ nights: 1, status: 'live' }]);
  await release('2027-01-01');
  expect(await standing()).toEqual([{ nights: 0, status: 'released' }]);
});

test('a room of a hotel names its property, and no property holds a colon', async () => {
  for (const id of ['HOTEL', 'HOTEL:', ':STD', 'A:B:C'])
    await expect(addRoom(database, id)).rejects.toThrow('items_of_hotels_are_room_types');
});

test('the simulated provider takes part of a hold once, never more than it holds, and releases the rest', async () => {
  const simulator = new PaymentSimulator(books);
  const usd = (amount: number) => ({ amount, currency: 'USD' });
  const held = await simulator.authorize({
    ...{ key: 'k', bookingId: 'b' as BookingId, token: 'tok_approved', amount: usd(100) },
  });
  if (held.outcome !== 'authorized') throw new Error('not held');
  const { authorizationId } = held;
  const capture = (amount: number) =>
    simulator.capture({ key: `k/${amount}`, authorizationId, amount: usd(amount) });
  expect(await capture(101)).toMatchObject({ outcome: 'rejected' });
  expect(await capture(40)).toMatchObject({ outcome: 'done' });
  expect(await capture(40)).toMatchObject({ outcome: 'done' });
  expect(await capture(60)).toMatchObject({ outcome: 'rejected' });
  expect(await simulator.void({ key: 'k/void', authorizationId })).toMatchObject({ outcome: 'rejected' });
  const rows = await database.query(`SELECT status, captured FROM payment_simulator.authorizations`);
  expect(rows).toEqual([{ status: 'captured', captured: 40 }]);
});
