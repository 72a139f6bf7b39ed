import type { BookingId, ItemId } from '../../domain/ids';
import { open } from '../bridge/story';
import { addRoom, hotelRequest, newBookingId } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';

const NOW = '2026-12-01T12:00:00.000Z';
let database: TestDatabase;
let itemId: ItemId;
beforeAll(async () => {
  database = await freshDatabase();
  itemId = await addRoom(database, 'HOTEL-R:STD');
});
afterAll(() => database.close());

const request = hotelRequest({ itemId: 'HOTEL-R:STD' as ItemId, now: Date.parse(NOW) });
const { start, end } = request.stay;

interface Agreed {
  readonly id: string;
  readonly amount: number;
  readonly agreedFor: string | null;
  readonly bookingId: BookingId | null;
  readonly lastDay?: string;
}

/** Three nights for two, agreed or just given out. */
const keep = ({ id, amount, agreedFor, bookingId, lastDay = end }: Agreed) =>
  database.query(
    `INSERT INTO booking.quotes (id, item_id, plan, plan_version, start_date, end_date, guests, quantity, amount, currency,
       items, created_at, expires_at, agreed_for, booking_id)
     VALUES ($1, $2, 'FLEX', 1, $3, $4, 2, 1, $5, 'USD', '{}', $6, $6, $7, $8)`,
    [id, itemId, start, lastDay, amount, NOW, agreedFor, bookingId],
  );

async function openAt(amount: number, bookingId = newBookingId()) {
  const opened = { ...request, bookingId, itemId, price: { amount, currency: 'USD' } };
  const step = { bookingId, sequence: 1, type: 'booking.opened', from: 'NONE', state: 'PENDING' };
  const document = { ...step, undo: 'none', actor: 'TRAVELER', attempts: 1, at: NOW, request: opened };
  await database.query('SELECT booking.open_booking($1)', [JSON.stringify({ ...document, decisionBy: NOW })]);
  return bookingId;
}

const rateOf = async (bookingId: string) =>
  (await database.query('SELECT rate_plan, quote_id FROM booking.bookings WHERE id = $1', [bookingId]))[0];

describe('a booking', () => {
  test('is opened with the quote that was agreed with its request', async () => {
    const bookingId = newBookingId();
    await keep({ id: 'QUO-1', amount: 40_000, agreedFor: bookingId, bookingId });
    await openAt(40_000, bookingId);
    expect(await rateOf(bookingId)).toEqual({ rate_plan: 'FLEX', quote_id: 'QUO-1' });
  });

  test('without one has the standard plan', async () => {
    await keep({ id: 'QUO-2', amount: 40_000, agreedFor: null, bookingId: null });
    expect(await rateOf(await openAt(40_000))).toEqual({ rate_plan: 'STANDARD', quote_id: null });
  });

  test('opened at another price does not have its lines', async () => {
    const bookingId = newBookingId();
    await keep({ id: 'QUO-3', amount: 40_000, agreedFor: bookingId, bookingId });
    await openAt(39_999, bookingId);
    expect(await rateOf(bookingId)).toEqual({ rate_plan: 'STANDARD', quote_id: null });
  });

  test('that is changed has the quote that was agreed with the change; lines of another stay never stay', async () => {
    const bookingId = newBookingId();
    await keep({ id: 'QUO-4', amount: 40_000, agreedFor: bookingId, bookingId });
    await openAt(40_000, bookingId);
    const lastDay = '2027-02-01';
    await keep({ id: 'QUO-5', amount: 90_000, agreedFor: `${bookingId}/update-1`, bookingId, lastDay });
    const change = 'UPDATE booking.bookings SET end_date = $2, price_amount = $3 WHERE id = $1';
    await database.query(change, [bookingId, lastDay, 90_000]);
    expect(await rateOf(bookingId)).toEqual({ rate_plan: 'FLEX', quote_id: 'QUO-5' });
    await database.query(change, [bookingId, lastDay, 80_000]);
    expect(await rateOf(bookingId)).toEqual({ rate_plan: 'STANDARD', quote_id: null });
  });

  test('keeps its quote through every other step', async () => {
    const opened = await open(database, itemId);
    const { bookingId } = opened.request;
    const before = await rateOf(bookingId);
    await database.query("UPDATE booking.bookings SET state = 'ACCEPTED', sequence = 2 WHERE id = $1", [
      bookingId,
    ]);
    expect(await rateOf(bookingId)).toEqual(before);
  });
});

test('one price is agreed with one request', async () => {
  const bookingId = newBookingId();
  await keep({ id: 'QUO-6', amount: 40_000, agreedFor: bookingId, bookingId });
  await expect(keep({ id: 'QUO-7', amount: 50_000, agreedFor: bookingId, bookingId })).rejects.toThrow(
    'duplicate',
  );
});

describe('a plan', () => {
  const put = async (known: number, price: number) => {
    const terms = JSON.stringify({ basePrice: price });
    const rows = await database.query<{ version: number | null }>(
      `SELECT booking.put_rate_plan($1, 'FLEX', $2, $3, true, 'owner-1', '{"ratePlan": "FLEX"}') AS version`,
      [itemId, known, terms],
    );
    return rows[0]?.version;
  };
  const facts = async () =>
    await database.query('SELECT details FROM booking.item_events WHERE item_id = $1 ORDER BY version', [
      itemId,
    ]);

  test('is replaced only by who knows what stands; who does not changes and records nothing', async () => {
    expect(await put(0, 100)).toBe(1);
    expect(await put(0, 200)).toBeNull();
    expect(await put(1, 300)).toBe(2);
    expect(await put(1, 400)).toBeNull();
    expect(await database.query('SELECT version, terms FROM booking.rate_plans')).toEqual([
      { version: 2, terms: { basePrice: 300 } },
    ]);
    expect(await facts()).toEqual([
      { details: { ratePlan: 'FLEX', planVersion: 1 } },
      { details: { ratePlan: 'FLEX', planVersion: 2 } },
    ]);
  });
});
