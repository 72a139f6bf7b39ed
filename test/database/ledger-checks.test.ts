import { Client } from 'pg';
import type { Check } from '../../scripts/reconcile/finding';
import { ledgerChecks } from '../../scripts/reconcile/ledger-checks';
import { providerChecks } from '../../scripts/reconcile/provider-checks';
import { runChecks } from '../../scripts/reconcile/run-checks';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import { openStory, type Story, tell, usd } from './ledger-story';

let database: TestDatabase;
let client: Client;
let checks: Check[];
let story: Story;

/** A stay that was taken and paid out, in our books and in the provider's. */
beforeAll(async () => {
  database = await freshDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  checks = [...ledgerChecks(client), ...providerChecks(client, client)];
  await addItem(database, 'PROP-001');
  story = await openStory(database, 'PROP-001');
  const money = { amount: usd(90_000), authorizationId: 'auth_1', reference: 'auth_1' };
  await tell(database, story, 'booking.accepted');
  await tell(database, story, 'payment.authorized', money, { authorizationId: 'auth_1' });
  await tell(database, story, 'booking.confirmed');
  await tell(database, story, 'booking.checked-in');
  await tell(database, story, 'payment.captured', money, { paymentStatus: 'captured' });
  await tell(database, story, 'booking.checked-out');
  await tell(database, story, 'payment.settled', { ...money, ownerId: 'owner-1' });
  await database.query(
    `INSERT INTO payment_simulator.authorizations
       (key, authorization_id, booking_id, token, amount, currency, status, captured)
     VALUES ('k', 'auth_1', $1, 'tok_approved', 90000, 'USD', 'captured', 90000)`,
    [story.id],
  );
  await database.query(
    `INSERT INTO payment_simulator.payouts (key, booking_id, owner_id, amount, currency)
     VALUES ('p', $1, 'owner-1', 90000, 'USD')`,
    [story.id],
  );
});
afterAll(async () => {
  await client.end();
  await database.close();
});

async function found(): Promise<string[]> {
  const { findings } = await runChecks(checks, true, () => {});
  return findings.map(({ check, about, text }) => `${check} ${about}: ${text}`);
}

/** Plants damage that no guard of the database stops, looks, and takes it back. */
async function damaged(...sql: string[]): Promise<string[]> {
  await client.query('BEGIN');
  try {
    await client.query("SET LOCAL session_replication_role = 'replica'");
    for (const statement of sql) await client.query(statement);
    return await found();
  } finally {
    await client.query('ROLLBACK');
  }
}

test('sound books leave nothing to find', async () => {
  expect(await found()).toEqual([]);
});

test('holds that say something else than the lines are found', async () => {
  const findings = await damaged('UPDATE booking.authorizations SET refunded = 500');
  expect(findings).toEqual([
    `authorizations ${story.id}: holds say 89500 kept and 0 disputed, lines say 90000 and 0 (minor units)`,
    `provider-holds ${story.id}: auth_1: refunded 5.00 USD, at the provider 0.00 USD`,
  ]);
});

test('lines that do not add up are found', async () => {
  const findings = await damaged(`UPDATE booking.ledger_entries SET amount = 89000 WHERE account = 'owner'`);
  expect(findings).toEqual([
    `ledger ${story.id}: lines add up to -1000, 0 is still held (minor units)`,
    `payouts ${story.id}: the ledger has paid out 89000, the provider 90000 (minor units)`,
  ]);
});

test('more paid out than was held is found', async () => {
  const findings = await damaged(
    `UPDATE booking.ledger_entries SET amount = 95000 WHERE account = 'owner'`,
    `UPDATE booking.ledger_entries SET amount = -95000 WHERE account = 'clearing' AND amount < 0`,
    'UPDATE payment_simulator.payouts SET amount = 95000',
  );
  expect(findings).toEqual([`ledger ${story.id}: lines add up to 0, -5000 is still held (minor units)`]);
});

test('a fact of money that never reached the ledger is found', async () => {
  const findings = await damaged(
    `DELETE FROM booking.ledger_entries WHERE account IN ('owner') OR account = 'clearing' AND amount < 0`,
    'DELETE FROM payment_simulator.payouts',
  );
  expect(findings).toEqual([`booked ${story.id}: payment.settled at 8 is not in the ledger`]);
});

test('a missing invoice, and one over another amount, are found', async () => {
  expect(await damaged('UPDATE booking.invoice_counters SET last = 2')).toEqual([
    'invoice-numbers owner-1: has issued 1 invoices and counted to 2, the last is 1',
  ]);
  expect(await damaged('UPDATE booking.invoices SET amount = 80000')).toEqual([
    `invoices ${story.id}: is invoiced over 80000, the traveler has paid 90000 (minor units)`,
  ]);
});

test('money that the provider moved otherwise is found', async () => {
  expect(await damaged('UPDATE payment_simulator.authorizations SET captured = 80000')).toEqual([
    `provider-holds ${story.id}: auth_1: captured 900.00 USD, at the provider 800.00 USD; voided 0.00 USD, at the provider 100.00 USD`,
  ]);
  expect(await damaged('DELETE FROM payment_simulator.authorizations')).toEqual([
    `provider-holds ${story.id}: the provider knows nothing of auth_1`,
  ]);
  expect(await damaged('UPDATE payment_simulator.payouts SET amount = 1')).toEqual([
    `payouts ${story.id}: the ledger has paid out 90000, the provider 1 (minor units)`,
  ]);
});
