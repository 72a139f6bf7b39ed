import { Connection, Client as TemporalClient } from '@temporalio/client';
import { Client } from 'pg';
import type { BookingId } from '../../domain/ids';
import { allChecks } from '../../scripts/reconcile';
import { runChecks } from '../../scripts/reconcile/run-checks';
import { workflowIdOf } from '../../workflows/messages';
import { addItem } from '../support/bookings';
import { day, Product } from '../support/product';
import { bookingIn } from '../support/rest';
import { until } from '../support/until';

let product: Product;
let connection: Connection;
let database: Client;
let confirmed: BookingId;
let cancelled: BookingId;

beforeAll(async () => {
  product = await Product.create();
  await addItem(product.database, 'PROP-001');
  await product.start('api');
  await product.start('worker');
  await product.start('bridge');
  connection = await Connection.connect({ address: product.config.TEMPORAL_ADDRESS });
  database = new Client({ connectionString: product.config.DATABASE_URL });
  await database.connect();

  confirmed = await booked(30);
  cancelled = await booked(40);
  await product.as('traveler:traveler-1').put(`/api/bookings/${cancelled}/cancel`);
  await product.undone(cancelled);
  await until(
    () => product.database.query('SELECT 1 FROM booking.outbox'),
    (rows) => rows.length === 0,
  );
}, 120_000);
afterAll(async () => {
  await connection.close();
  await database.end();
  await product.close();
});

async function booked(ahead: number): Promise<BookingId> {
  const stay = { propertyId: 'PROP-001', startDate: day(ahead), endDate: day(ahead + 2) };
  const created = bookingIn(await product.as('traveler:traveler-1').post('/api/bookings', stay));
  await product.as('owner:owner-1').put(`/api/bookings/${created.id}/accept`);
  await product.reached(created.id, 'CONFIRMED');
  return created.id as BookingId;
}

/** What is found about these bookings; other tests' sagas share the Temporal server. */
async function found(repair = false): Promise<string[]> {
  // Orphans are looked for on the whole server, which other tests fill with sagas of their own databases.
  const checks = allChecks(product.config, database, database, connection).filter(
    ({ name }) => name !== 'orphans',
  );
  const { findings } = await runChecks(checks, repair, () => {});
  return findings.map(({ check, about }) => `${check} ${about}`);
}

const tamper = (sql: string, ...values: unknown[]) => product.database.query(sql, values);

test('what the product does by itself leaves nothing to find', async () => {
  expect(await found()).toEqual([]);
});

test('a night that counts wrong is found, left alone by a dry run, and recounted by a repair', async () => {
  await tamper(`UPDATE booking.availability_calendar SET blocked = 0 WHERE night = $1`, day(30));
  const finding = [`calendar PROP-001 ${day(30)}`];
  expect(await found()).toEqual(finding);
  expect(await found(true)).toEqual(finding);
  expect(await found()).toEqual([]);
  const [night] = await product.database.query<{ blocked: number }>(
    'SELECT blocked FROM booking.availability_calendar WHERE night = $1',
    [day(30)],
  );
  expect(night?.blocked).toBe(1);
});

test('a night that sells more than its item says is found and corrected', async () => {
  await tamper(`UPDATE booking.availability_calendar SET capacity = 4 WHERE night = $1`, day(30));
  expect(await found(true)).toEqual([`capacity PROP-001 ${day(30)}`]);
  expect(await found()).toEqual([]);
});

test('an item changed past its log, and a refused fact about it, are found', async () => {
  await tamper(`SELECT booking.record_item_fact('PROP-001', 'item.changed', 'owner-1', '{}')`);
  await until(found, (findings) => findings.length === 0);
  await tamper(`UPDATE booking.items SET version = version + 1 WHERE id = 'PROP-001'`);
  await tamper(
    `INSERT INTO booking.outbox (lane, fact_id, item_id, refused_at, refusal) VALUES (0, 'y', 'PROP-001', now(), 'too large')`,
  );
  expect(await found()).toEqual(['outbox PROP-001', 'item-log PROP-001']);
  await tamper(`UPDATE booking.items SET version = version - 1 WHERE id = 'PROP-001'`);
  await tamper(`DELETE FROM booking.outbox WHERE item_id = 'PROP-001'`);
});

test('nights that a booking left blocked are found and given back', async () => {
  await tamper(
    `SELECT booking.block_nights('left', $1, 'PROP-001', $2::date, $3::date, 1)`,
    cancelled,
    day(60),
    day(62),
  );
  expect(await found(true)).toEqual([`blocks ${cancelled}`]);
  expect(await found()).toEqual([]);
});

test('a hold that outlives its booking is found, and not touched', async () => {
  await tamper(
    `UPDATE payment_simulator.authorizations SET status = 'held' WHERE booking_id = $1`,
    cancelled,
  );
  const findings = [`holds ${cancelled}`, `provider-holds ${cancelled}`];
  expect(await found(true)).toEqual(findings);
  expect(await found()).toEqual(findings);
  await tamper(
    `UPDATE payment_simulator.authorizations SET status = 'voided' WHERE booking_id = $1`,
    cancelled,
  );
});

test('a payment that the provider does not know is found', async () => {
  await tamper(
    `UPDATE payment_simulator.authorizations SET status = 'voided' WHERE booking_id = $1`,
    confirmed,
  );
  expect(await found()).toEqual([`payments ${confirmed}`, `provider-holds ${confirmed}`]);
  await tamper(
    `UPDATE payment_simulator.authorizations SET status = 'held' WHERE booking_id = $1`,
    confirmed,
  );
});

test('a row written past the saga, and a refused message, are found', async () => {
  await tamper(`UPDATE booking.bookings SET sequence = sequence + 1 WHERE id = $1`, confirmed);
  await tamper(
    `INSERT INTO booking.outbox (lane, fact_id, booking_id, refused_at, refusal) VALUES (0, 'x', $1, now(), 'too large')`,
    confirmed,
  );
  expect(await found()).toEqual([`outbox ${confirmed}`, `log ${confirmed}`]);
  await tamper(`UPDATE booking.bookings SET sequence = sequence - 1 WHERE id = $1`, confirmed);
  await tamper(`DELETE FROM booking.outbox WHERE booking_id = $1`, confirmed);
});

test('a saga terminated by hand is found', async () => {
  await new TemporalClient({ connection }).workflow.getHandle(workflowIdOf(confirmed)).terminate('by hand');
  expect(await until(found, (findings) => findings.length > 0)).toEqual([`sagas ${confirmed}`]);
});
