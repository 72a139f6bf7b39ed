import { Client } from 'pg';
import type { ItemId } from '../../domain/ids';
import { addRoom } from '../support/bookings';
import {
  change,
  changed,
  commitStep,
  confirmedReservation,
  type Held,
  type Sql,
  stay,
  step,
  type Wish,
} from '../support/changes';
import { freshDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';

let database: TestDatabase;
const clients: Client[] = [];
/** Each of them is a connection of its own. */
const sessions: Sql[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  for (let n = 0; n < 8; n += 1) {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    clients.push(client);
    sessions.push({
      query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
        (await client.query<Row>(sql, [...values])).rows,
    });
  }
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database.close();
});

const WEEK_ONE = stay('2027-03-01', '2027-03-08');
const WEEK_TWO = stay('2027-03-08', '2027-03-15');

const confirmed = (itemId: ItemId, nights: typeof WEEK_ONE) => confirmedReservation(database, itemId, nights);

function twoSessions(): [Sql, Sql] {
  const [first, second] = sessions;
  if (!first || !second) throw new Error('no sessions');
  return [first, second];
}

const nightsOf = async (itemId: string) =>
  (
    await database.query<{ night: string; blocked: number }>(
      `SELECT night::text, blocked FROM booking.availability_calendar
       WHERE item_id = $1 AND blocked > 0 ORDER BY night`,
      [itemId],
    )
  ).map(({ night, blocked }) => `${night.slice(5)}×${blocked}`);

const blocksOf = ({ request }: Held) =>
  database.query<{ round: string; status: string; nights: number }>(
    `SELECT right(id, 1) AS round, status,
            (SELECT count(*)::int FROM booking.blocked_nights WHERE block_id = k.id) AS nights
     FROM booking.inventory_blocks k WHERE booking_id = $1 ORDER BY id`,
    [request.bookingId],
  );

const logOf = async ({ request }: Held) =>
  (
    await database.query<{ type: string }>(
      'SELECT type FROM booking.booking_events WHERE booking_id = $1 AND sequence > 5 ORDER BY sequence',
      [request.bookingId],
    )
  ).map(({ type }) => type);

/** Every night counts what its live blocks add up to. */
async function expectTrueCalendar() {
  const wrong = await database.query(
    `SELECT c.item_id, c.night FROM booking.availability_calendar c
     LEFT JOIN booking.blocked_nights b USING (item_id, night)
     LEFT JOIN booking.inventory_blocks k ON k.id = b.block_id AND k.status = 'live'
     GROUP BY c.item_id, c.night, c.blocked HAVING c.blocked <> COALESCE(sum(k.quantity), 0)`,
  );
  expect(wrong).toEqual([]);
}

test('a change is row, nights, log and outbox at once; number and lane stay', async () => {
  const itemId = await addRoom(database, 'HOTEL-A:STD');
  const suite = await addRoom(database, 'HOTEL-A:SUITE');
  const held = await confirmed(itemId, WEEK_ONE);
  const before = await row(held);
  expect(await change(database, held, { stay: WEEK_TWO, itemId: suite, guests: 1 })).toMatchObject({
    state: 'CONFIRMED',
    sequence: 6,
  });
  expect(await row(held)).toEqual({
    ...before,
    item_id: 'HOTEL-A:SUITE',
    start: '2027-03-08',
    end: '2027-03-15',
    guests: 1,
    sequence: 6,
  });
  expect(await nightsOf(itemId)).toEqual([]);
  expect(await nightsOf(suite)).toHaveLength(7);
  expect(await blocksOf(held)).toEqual([
    { round: '1', status: 'released', nights: 0 },
    { round: '2', status: 'live', nights: 7 },
  ]);
  expect(await logOf(held)).toEqual(['booking.modified']);
  const told = await database.query<{ lane: number }>(
    'SELECT lane FROM booking.outbox WHERE booking_id = $1 ORDER BY id DESC LIMIT 1',
    [held.request.bookingId],
  );
  expect(told).toEqual([{ lane: before?.lane }]);
  const sweeps = await database.query(
    `SELECT item_id, start_date::text FROM booking.sweeps WHERE booking_id = $1 AND item_id = $2`,
    [held.request.bookingId, suite],
  );
  expect(sweeps).toEqual([{ item_id: suite, start_date: '2027-03-08' }]);
});

async function row({ request }: Held) {
  const [found] = await database.query<{ lane: number }>(
    `SELECT item_id, start_date::text AS start, end_date::text AS end, guests, sequence, lane, confirmation_number
     FROM booking.bookings WHERE id = $1`,
    [request.bookingId],
  );
  return found;
}

test('a repeated change has effect once, and answers what it answered, also when a later one has come', async () => {
  const itemId = await addRoom(database, 'HOTEL-B:STD');
  const held = await confirmed(itemId, WEEK_ONE);
  const first = await change(database, held, { stay: WEEK_TWO });
  expect(await change(database, held, { stay: WEEK_TWO })).toEqual(first);
  await change(database, changed(held, { stay: WEEK_TWO }), { stay: WEEK_ONE, round: 3 });
  expect(await change(database, held, { stay: WEEK_TWO })).toEqual(first);
  expect(await row(held)).toMatchObject({ start: '2027-03-01' });
  expect(await nightsOf(itemId)).toHaveLength(7);
  expect(await logOf(held)).toEqual(['booking.modified', 'booking.modified']);
  await expectTrueCalendar();
});

test('twins of one change, from two connections, have effect once', async () => {
  const itemId = await addRoom(database, 'HOTEL-C:STD');
  const held = await confirmed(itemId, WEEK_ONE);
  const answers = await Promise.all(
    sessions.map((session) => change(session, held, { stay: stay('2027-03-05', '2027-03-12') })),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await nightsOf(itemId)).toHaveLength(7);
  expect(await logOf(held)).toEqual(['booking.modified']);
});

test('a twin that was overtaken by the change and by the one after it takes nothing back', async () => {
  const [first, second] = twoSessions();
  const itemId = await addRoom(database, 'HOTEL-O:STD');
  const held = await confirmed(itemId, WEEK_ONE);
  await first.query('BEGIN');
  const answer = await change(first, held, { stay: WEEK_TWO });
  const twin = change(second, held, { stay: WEEK_TWO });
  await until(
    () => database.query(`SELECT 1 FROM pg_locks WHERE NOT granted`),
    (waiting) => waiting.length > 0,
  );
  await change(first, changed(held, { stay: WEEK_TWO }), { stay: WEEK_ONE, round: 3 });
  await first.query('COMMIT');
  expect(await twin).toEqual(answer);
  expect(await row(held)).toMatchObject({ start: '2027-03-01', sequence: 7 });
  expect((await nightsOf(itemId))[0]).toBe('03-01×1');
  await expectTrueCalendar();
});

test('nights that are in both stays are kept, at a capacity of one', async () => {
  const itemId = await addRoom(database, 'HOTEL-D:STD');
  const held = await confirmed(itemId, stay('2027-03-01', '2027-03-04'));
  expect(await change(database, held, { stay: stay('2027-03-02', '2027-03-06') })).toMatchObject({
    sequence: 6,
  });
  expect(await nightsOf(itemId)).toEqual(['03-02×1', '03-03×1', '03-04×1', '03-05×1']);
});

test('where nights are gone nothing moves, and they are named', async () => {
  const itemId = await addRoom(database, 'HOTEL-E:STD');
  const held = await confirmed(itemId, stay('2027-03-01', '2027-03-04'));
  await confirmed(itemId, stay('2027-03-05', '2027-03-07'));
  await database.query(
    `SELECT * FROM booking.close_nights('HOTEL-E:STD', '2027-03-07', '2027-03-08', 'owner-1')`,
  );
  const before = await row(held);
  expect(await change(database, held, { stay: stay('2027-03-03', '2027-03-09') })).toEqual({
    gone: ['2027-03-05', '2027-03-06', '2027-03-07'],
  });
  expect(await row(held)).toEqual(before);
  expect(await logOf(held)).toEqual([]);
  expect(await blocksOf(held)).toEqual([{ round: '1', status: 'live', nights: 3 }]);
  await expectTrueCalendar();
});

test('a change of a booking that has moved on moves nothing', async () => {
  const itemId = await addRoom(database, 'HOTEL-F:STD');
  const held = await confirmed(itemId, WEEK_ONE);
  const cancelled = step(held.request.bookingId, 6, 'booking.cancelled', 'CONFIRMED', 'CANCELLED');
  await commitStep(database, cancelled);
  await expect(change(database, held, { stay: WEEK_TWO })).rejects.toThrow('conflicts');
  expect((await nightsOf(itemId))[0]).toBe('03-01×1');
  expect(await blocksOf(held)).toEqual([{ round: '1', status: 'live', nights: 7 }]);
});

test('a change whose new block was released before it arrived does nothing', async () => {
  const itemId = await addRoom(database, 'HOTEL-G:STD');
  const held = await confirmed(itemId, WEEK_ONE);
  const { bookingId } = held.request;
  await database.query('SELECT booking.release_nights($1, $2, $3, 1)', [
    `${bookingId}:block:2`,
    bookingId,
    itemId,
  ]);
  expect(await change(database, held, { stay: WEEK_TWO })).toEqual({ released: true });
  expect((await nightsOf(itemId))[0]).toBe('03-01×1');
});

/** Whether each of two changes was made; both at once, from two connections. */
async function bothAtOnce(one: [Held, Wish], two: [Held, Wish]): Promise<boolean[]> {
  const [first, second] = twoSessions();
  const answers = await Promise.all([change(first, ...one), change(second, ...two)]);
  return answers.map((answer) => answer?.sequence === 6);
}

describe('swaps of two bookings in opposite directions', () => {
  test.each([...Array(12).keys()])('with one place both are refused, round %i', async (round) => {
    const itemId = await addRoom(database, `HOTEL-H${round}:STD`);
    const a = await confirmed(itemId, WEEK_ONE);
    const b = await confirmed(itemId, WEEK_TWO);
    expect(await bothAtOnce([a, { stay: WEEK_TWO }], [b, { stay: WEEK_ONE }])).toEqual([false, false]);
    expect(await nightsOf(itemId)).toHaveLength(14);
    await expectTrueCalendar();
  });

  test.each([...Array(12).keys()])('with two places both are made, round %i', async (round) => {
    const itemId = await addRoom(database, `HOTEL-I${round}:STD`, 2);
    const a = await confirmed(itemId, WEEK_ONE);
    const b = await confirmed(itemId, WEEK_TWO);
    expect(await bothAtOnce([a, { stay: WEEK_TWO }], [b, { stay: WEEK_ONE }])).toEqual([true, true]);
    expect(new Set((await nightsOf(itemId)).map((night) => night.slice(-2)))).toEqual(new Set(['×1']));
    await expectTrueCalendar();
  });

  test.each([...Array(12).keys()])('between two room types both are made, round %i', async (round) => {
    const std = await addRoom(database, `HOTEL-J${round}:STD`, 2);
    const suite = await addRoom(database, `HOTEL-J${round}:SUITE`, 2);
    const a = await confirmed(std, WEEK_ONE);
    const b = await confirmed(suite, WEEK_ONE);
    expect(await bothAtOnce([a, { itemId: suite }], [b, { itemId: std }])).toEqual([true, true]);
    await expectTrueCalendar();
  });
});

test('changes, blocks, releases and changes of capacity that cross each other never deadlock nor oversell', async () => {
  const std = await addRoom(database, 'HOTEL-K:STD', 3);
  const suite = await addRoom(database, 'HOTEL-K:SUITE', 3);
  const day = (d: number) => `2027-04-${String(d).padStart(2, '0')}`;
  const bookings: Held[] = [];
  for (const n of sessions.keys())
    bookings.push(await confirmed(n % 2 ? std : suite, stay(day(1 + n * 3), day(3 + n * 3))));
  const wander = async (session: Sql, n: number) => {
    let held = bookings[n];
    if (!held) throw new Error('no booking');
    let round = 1;
    for (let turn = 0; turn < 12; turn += 1) {
      round += 1;
      const first = 1 + ((n * 5 + turn * 7) % 20);
      const wish = {
        stay: stay(day(first), day(first + 6)),
        itemId: (n + turn) % 3 ? std : suite,
        round,
      };
      const answer = await change(session, held, wish);
      if (answer?.sequence !== undefined) held = changed(held, wish);
      const block = `k${n}-${turn}`;
      await session.query('SELECT booking.block_nights($1, $1, $2, $3::date, $3::date + 4, 1)', [
        ...[block, turn % 2 ? std : suite, day(first)],
      ]);
      await session.query('SELECT booking.release_nights($1, $1, $2, 1)', [block, std]);
      await session.query(
        `SELECT booking.change_item($1, (SELECT version FROM booking.items WHERE id = $1), $2, '[]', 'owner-1', '2027-01-01')`,
        [turn % 2 ? suite : std, JSON.stringify({ capacity: 3 + (turn % 3) })],
      );
    }
  };
  await Promise.all(sessions.map(wander));
  await expectTrueCalendar();
  const [most] = await database.query<{ most: number; live: number }>(
    `SELECT max(blocked) AS most, (SELECT count(*)::int FROM booking.inventory_blocks k
       JOIN booking.bookings b ON b.id = k.booking_id WHERE k.status = 'live' AND k.item_id LIKE 'HOTEL-K:%') AS live
     FROM booking.availability_calendar WHERE item_id LIKE 'HOTEL-K:%'`,
  );
  expect(most?.most).toBeLessThanOrEqual(5);
  expect(most?.live).toBe(8);
});

test('a change and a block for the same last nights: one of them gets them', async () => {
  const [first, second] = twoSessions();
  for (let round = 0; round < 12; round += 1) {
    const itemId = await addRoom(database, `HOTEL-L${round}:STD`);
    const held = await confirmed(itemId, WEEK_ONE);
    const [changed, blocked] = await Promise.all([
      change(first, held, { stay: WEEK_TWO }),
      second.query<{ gone: string[] }>(
        `SELECT to_jsonb(booking.block_nights($1, $1, $2, '2027-03-10', '2027-03-20', 1)) AS gone`,
        [`l${round}`, itemId],
      ),
    ]);
    expect([changed?.sequence === 6, blocked[0]?.gone.length === 0].filter(Boolean)).toHaveLength(1);
    await expectTrueCalendar();
  }
});

describe('an early departure', () => {
  async function depart(held: Held, at: string) {
    const document = {
      ...step(held.request.bookingId, 8, 'inventory.released', 'CHECKED_OUT', 'CHECKED_OUT'),
      at,
    };
    const [answer] = await database.query<{ answer: object | null }>(
      'SELECT booking.commit_departure($1, $2) AS answer',
      [JSON.stringify(document), held.blockId],
    );
    return answer?.answer;
  }

  async function checkedOut(itemId: ItemId): Promise<Held> {
    const held = await confirmed(itemId, stay('2027-03-01', '2027-03-05'));
    const { bookingId } = held.request;
    for (const document of [
      step(bookingId, 6, 'booking.checked-in', 'CONFIRMED', 'CHECKED_IN'),
      step(bookingId, 7, 'booking.checked-out', 'CHECKED_IN', 'CHECKED_OUT'),
    ])
      await commitStep(database, document);
    return held;
  }

  test('gives back the nights from the next day on, by the calendar of where the room is, once', async () => {
    const itemId = await addRoom(database, 'HOTEL-M:STD');
    const held = await checkedOut(itemId);
    // Half past midnight of 2 March in Berlin.
    const at = '2027-03-01T23:30:00.000Z';
    const answer = await depart(held, at);
    expect(answer).toMatchObject({ state: 'CHECKED_OUT', sequence: 8 });
    expect(await depart(held, at)).toEqual(answer);
    expect(await nightsOf(itemId)).toEqual(['03-01×1', '03-02×1']);
    const [fact] = await database.query(
      `SELECT details FROM booking.booking_events WHERE booking_id = $1 AND sequence = 8`,
      [held.request.bookingId],
    );
    expect(fact).toEqual({
      details: { blockId: held.blockId, stay: { start: '2027-03-03', end: '2027-03-05' } },
    });
    await expectTrueCalendar();
  });

  test('on the last night or after it has nothing to give back, and is no fact', async () => {
    const itemId = await addRoom(database, 'HOTEL-N:STD');
    const held = await checkedOut(itemId);
    expect(await depart(held, '2027-03-04T09:00:00.000Z')).toBeNull();
    expect(await nightsOf(itemId)).toHaveLength(4);
    expect(await logOf(held)).toEqual(['booking.checked-in', 'booking.checked-out']);
  });
});
