import { Client } from 'pg';
import { BOOKING_STATES, FACT_TYPES, nextState, type Origin, UNOPENED } from '../../domain/booking-state';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

test("the database's transitions are the domain's", async () => {
  const rows = await database.query<{ line: string }>(
    `SELECT from_state || ' ' || type || ' ' || state AS line FROM booking.booking_transitions`,
  );
  const origins: Origin[] = [UNOPENED, ...BOOKING_STATES];
  const expected = origins.flatMap((from) =>
    FACT_TYPES.flatMap((fact) => {
      const to = nextState(from, fact);
      return to === undefined ? [] : [`${from} ${fact} ${to}`];
    }),
  );
  expect(rows.map((row) => row.line).sort()).toEqual(expected.sort());
});

const block = (id: string, item: string, start: string, end: string, quantity = 1) =>
  database.query<{ gone: string[] | null }>(
    `SELECT to_jsonb(booking.block_nights($1, $1, $2, $3::date, $4::date, $5)) AS gone`,
    [id, item, start, end, quantity],
  );
const release = (id: string, item: string) =>
  database.query('SELECT booking.release_nights($1, $1, $2, 1)', [id, item]);
const calendar = (item: string) =>
  database.query<{ night: string; blocked: number }>(
    'SELECT night::text, blocked FROM booking.availability_calendar WHERE item_id = $1 ORDER BY night',
    [item],
  );

test('nights are taken all or none, and the gone ones are named', async () => {
  await addItem(database, 'A');
  expect(await block('a1', 'A', '2027-01-03', '2027-01-05')).toEqual([{ gone: [] }]);
  expect(await block('a2', 'A', '2027-01-01', '2027-01-06')).toEqual([
    { gone: ['2027-01-03', '2027-01-04'] },
  ]);
  expect((await calendar('A')).filter((night) => night.blocked > 0).map((night) => night.night)).toEqual([
    '2027-01-03',
    '2027-01-04',
  ]);
});

test('a stay may begin on the day another one ends', async () => {
  await addItem(database, 'B');
  await block('b1', 'B', '2027-01-01', '2027-01-03');
  expect(await block('b2', 'B', '2027-01-03', '2027-01-05')).toEqual([{ gone: [] }]);
});

test('blocking and releasing twice have effect once', async () => {
  await addItem(database, 'C', 2);
  await block('c1', 'C', '2027-01-01', '2027-01-02');
  await block('c1', 'C', '2027-01-01', '2027-01-02');
  expect((await calendar('C'))[0]?.blocked).toBe(1);
  await release('c1', 'C');
  await release('c1', 'C');
  expect((await calendar('C'))[0]?.blocked).toBe(0);
  expect(await block('c1', 'C', '2027-01-01', '2027-01-02')).toEqual([{ gone: null }]);
});

test('closed nights are not sold', async () => {
  await addItem(database, 'D');
  await database.query(
    `INSERT INTO booking.availability_calendar (item_id, night, capacity, closed) VALUES ('D', '2027-01-02', 1, true)`,
  );
  expect(await block('d1', 'D', '2027-01-01', '2027-01-04')).toEqual([{ gone: ['2027-01-02'] }]);
});

test('the calendar cannot be oversold, whoever writes', async () => {
  await addItem(database, 'E');
  await block('e1', 'E', '2027-01-01', '2027-01-02');
  await expect(
    database.query(`UPDATE booking.availability_calendar SET blocked = 2 WHERE item_id = 'E'`),
  ).rejects.toThrow('never_double_sold');
});

test('blocks that cross each other from many connections never deadlock and never oversell', async () => {
  await addItem(database, 'F', 3);
  const clients = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      return client;
    }),
  );
  try {
    const attempt = async (client: Client, c: number) => {
      let taken = 0;
      for (let n = 0; n < 10; n += 1) {
        const start = `2027-02-${String(1 + ((c * 3 + n) % 10)).padStart(2, '0')}`;
        const { rows } = await client.query<{ gone: string[] }>(
          `SELECT to_jsonb(booking.block_nights($1, $1, 'F', $2::date, $2::date + 5, 1)) AS gone`,
          [`f${c}-${n}`, start],
        );
        if (rows[0]?.gone.length === 0) taken += 1;
      }
      return taken;
    };
    const taken = (await Promise.all(clients.map(attempt))).reduce((sum, each) => sum + each, 0);
    const [sum] = await database.query<{ nights: number; most: number }>(
      `SELECT sum(blocked)::int AS nights, max(blocked) AS most FROM booking.availability_calendar WHERE item_id = 'F'`,
    );
    expect(sum).toEqual({ nights: taken * 5, most: 3 });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
});

test('the log refuses a transition that the state machine does not know', async () => {
  const step = {
    bookingId: 'BKG-X',
    sequence: 1,
    type: 'booking.opened',
    from: 'NONE',
    state: 'CONFIRMED',
    undo: 'none',
    actor: 'TRAVELER',
    attempts: 1,
    at: '2027-01-01T00:00:00Z',
    decisionBy: '2027-01-02T00:00:00Z',
    request: {
      system: 'stays',
      itemId: 'A',
      itemName: 'A',
      ownerId: 'o',
      travelerId: 't',
      stay: { start: '2027-03-01', end: '2027-03-02' },
      guests: 1,
      quantity: 1,
      price: { amount: 1, currency: 'USD' },
      terms: {},
    },
  };
  await expect(database.query('SELECT booking.open_booking($1)', [JSON.stringify(step)])).rejects.toThrow(
    'legal_transition',
  );
});
