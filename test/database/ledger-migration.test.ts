import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { balanceOf } from '../../domain/ledger';
import { migrate } from '../../platform/database/migrate';
import { addItem } from '../support/bookings';
import { provided, type TestDatabase } from '../support/database';
import { authorizationsOf, linesOf, openStory, type Story, tell, usd } from './ledger-story';

const MIGRATIONS = join(__dirname, '..', '..', 'prisma', 'migrations');
const LEDGER = '0011_ledger';
const NAME = `before_ledger_${process.pid}`;

let folder: string;
let server: Client;
let client: Client;
let database: TestDatabase;

/** A database as it stood before the ledger. */
beforeAll(async () => {
  const url = new URL(provided('DATABASE_URL'));
  url.pathname = '/postgres';
  server = new Client({ connectionString: url.href });
  await server.connect();
  await server.query(`CREATE DATABASE ${NAME}`);
  url.pathname = `/${NAME}`;
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  const earlier = (await readdir(MIGRATIONS)).filter((name) => name < LEDGER);
  for (const name of earlier) await cp(join(MIGRATIONS, name), join(folder, name), { recursive: true });
  await migrate(url.href, folder);
  client = new Client({ connectionString: url.href });
  await client.connect();
  database = {
    url: url.href,
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows,
    close: () => client.end(),
  };
});
afterAll(async () => {
  await database.close();
  await server.query(`DROP DATABASE ${NAME} WITH (FORCE)`);
  await server.end();
  await rm(folder, { recursive: true });
});

/** Facts as the first release wrote them: they name no authorization. */
async function confirmed(system: 'stays' | 'travel', id: string): Promise<Story> {
  const change = system === 'travel' ? { system, billingId: `BIL-${id}`, ownerId: 'airline' } : {};
  const story = await openStory(database, 'PROP-001', change);
  await tell(database, story, 'booking.accepted');
  await tell(
    database,
    story,
    'payment.authorized',
    { amount: usd(90_000), reference: id },
    { authorizationId: id },
  );
  if (system === 'travel') {
    const patch = { paymentStatus: 'captured' };
    await tell(database, story, 'payment.captured', { amount: usd(90_000), reference: id }, patch);
  }
  await tell(database, story, 'booking.confirmed');
  return story;
}

test('what moved before there was a ledger is booked from the log, and old invoices keep their numbers', async () => {
  await addItem(database, 'PROP-001');
  const lived = await confirmed('stays', 'auth-lived');
  await tell(database, lived, 'booking.checked-in');
  await tell(database, lived, 'payment.captured', { amount: usd(90_000), reference: 'auth-lived' });
  await tell(database, lived, 'booking.checked-out');
  await tell(database, lived, 'payment.settled', { amount: usd(90_000), reference: 'p', ownerId: 'o' });
  const charged = await confirmed('stays', 'auth-charged');
  await tell(database, charged, 'booking.cancelled');
  await tell(database, charged, 'payment.captured', { amount: usd(30_000), reference: 'auth-charged' });
  const rest = { step: 'void-authorization', amount: usd(60_000), outcome: 'rest-released' };
  await tell(database, charged, 'undo.completed', rest);
  const flown = await confirmed('travel', 'auth-flown');
  const returned = await confirmed('travel', 'auth-returned');
  await tell(database, returned, 'booking.cancelled');
  const undo = { step: 'refund-payment', amount: usd(90_000), outcome: 'refunded' };
  await tell(database, returned, 'undo.completed', undo, { paymentStatus: 'refunded' });

  await cp(join(MIGRATIONS, LEDGER), join(folder, LEDGER), { recursive: true });
  expect(await migrate(database.url, folder)).toEqual([LEDGER]);

  const hold = async ({ id }: Story) => (await authorizationsOf(database, id))[0];
  expect(await hold(lived)).toMatchObject({ authorizationId: 'auth-lived', captured: 90_000, held: 0 });
  expect(await hold(charged)).toMatchObject({ captured: 30_000, voided: 60_000, held: 0 });
  expect(await hold(returned)).toMatchObject({ captured: 90_000, refunded: 90_000 });
  expect(balanceOf(await linesOf(database, lived.id))).toMatchObject({
    paidIn: 90_000,
    paidOut: 90_000,
    held: 0,
  });
  const invoices = await database.query(
    `SELECT i.number, i.kind, i.booking_id, r.invoice_number FROM booking.invoices i
     LEFT JOIN booking.billing_records r ON r.invoice_number = i.number ORDER BY serial`,
  );
  const [first, second, third] = [1, 2, 3].map((serial) => `INV-airline-00000${serial}`);
  expect(invoices).toEqual([
    { number: first, kind: 'invoice', booking_id: flown.id, invoice_number: first },
    { number: second, kind: 'invoice', booking_id: returned.id, invoice_number: second },
    { number: third, kind: 'credit-note', booking_id: returned.id, invoice_number: null },
  ]);
});
