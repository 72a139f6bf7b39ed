import { Sweeper } from '../../activities/sweeper';
import type { BookingId } from '../../domain/ids';
import { type Database, openDatabase } from '../../platform/database/client';
import { createLogger } from '../../platform/logger';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';

let database: TestDatabase;
let prisma: Database;
beforeAll(async () => {
  database = await freshDatabase();
  await addItem(database, 'VILLA');
  const limits = { poolSize: 2, transactionTimeoutMs: 2_000, connectTimeoutMs: 1_500 };
  prisma = openDatabase({ url: database.url, applicationName: 'sweeper test', ...limits });
});
afterAll(async () => {
  await prisma.$disconnect();
  await database.close();
});

const pending = (id: string, start: string, end: string) =>
  database.query(
    `INSERT INTO booking.bookings (id, system, item_id, item_kind, item_name, owner_id, traveler_id, start_date, end_date,
       guests, quantity, price_amount, currency, terms, lane, state, sequence, decision_by, created_at, updated_at)
     VALUES ($1, 'stays', 'VILLA', 'property', 'Villa', 'o', 't', $2, $3, 1, 1, 100, 'USD', '{}', 0, 'PENDING', 1, now(), now(), now())`,
    [id, start, end],
  );
const confirmed = async (id: string, start: string, end: string) => {
  await database.query(`SELECT booking.block_nights($1, $1, 'VILLA', $2::date, $3::date, 1)`, [
    id,
    start,
    end,
  ]);
  await database.query(
    `INSERT INTO booking.sweeps (booking_id, item_id, start_date, end_date) VALUES ($1, 'VILLA', $2, $3)`,
    [id, start, end],
  );
};
const waiting = async () => (await database.query('SELECT 1 FROM booking.sweeps')).length;

async function swept(nudge: (id: BookingId) => Promise<void>, work: (sweeper: Sweeper) => Promise<void>) {
  const logger = createLogger('silent', 'test');
  const sweeper = new Sweeper({ database: prisma, nudge, logger, pollMs: 50 });
  sweeper.start();
  try {
    await work(sweeper);
  } finally {
    await sweeper.stop();
  }
}

test('asks those that can no longer be met to look again, and nobody else', async () => {
  await pending('loses-a-night', '2027-05-03', '2027-05-06');
  await pending('begins-when-it-ends', '2027-05-05', '2027-05-07');
  await pending('elsewhere', '2027-06-01', '2027-06-02');
  await confirmed('winner', '2027-05-01', '2027-05-05');
  const nudged: string[] = [];
  await swept(
    async (id) => void nudged.push(id),
    async () => void (await until(waiting, (rows) => rows === 0)),
  );
  expect(nudged).toEqual(['loses-a-night']);
});

test('a crowd of confirmations does not put it off', async () => {
  await swept(
    async () => {},
    async (sweeper) => {
      const crowd = setInterval(() => sweeper.sweepSoon(), 5);
      try {
        await confirmed('crowd', '2027-07-01', '2027-07-02');
        await until(waiting, (rows) => rows === 0, 5_000);
      } finally {
        clearInterval(crowd);
      }
    },
  );
});

test('what could not be asked is asked again', async () => {
  await pending('late', '2027-08-01', '2027-08-03');
  await confirmed('first', '2027-08-01', '2027-08-02');
  let failures = 2;
  const nudged: string[] = [];
  await swept(
    async (id) => {
      failures -= 1;
      if (failures >= 0) throw new Error('Temporal is away');
      nudged.push(id);
    },
    async () => void (await until(waiting, (rows) => rows === 0)),
  );
  expect(nudged).toEqual(['late']);
});
