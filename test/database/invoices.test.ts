import { Client } from 'pg';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import { openStory, type Story, tell, tellAfterwards, usd } from './ledger-story';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await addItem(database, 'PROP-001', 100);
});
afterAll(() => database.close());

interface Issued {
  readonly number: string;
  readonly kind: string;
  readonly corrects: string | null;
  readonly amount: number;
  readonly description: string;
  readonly quantity: number;
  readonly unit_price: number;
}

const invoicesOf = (story: Story) =>
  database.query<Issued>(
    `SELECT i.number, i.kind, i.corrects, i.amount, l.description, l.quantity, l.unit_price
     FROM booking.invoices i JOIN booking.invoice_lines l USING (number) WHERE booking_id = $1 ORDER BY serial`,
    [story.id],
  );

async function held(owner: string, change: Readonly<Record<string, unknown>> = {}): Promise<Story> {
  const story = await openStory(database, 'PROP-001', { ownerId: owner, ...change });
  await tell(database, story, 'booking.accepted');
  const details = { amount: usd(90_000), authorizationId: `auth-${story.id}`, reference: `auth-${story.id}` };
  await tell(database, story, 'payment.authorized', details, { authorizationId: `auth-${story.id}` });
  return story;
}

const capture = (story: Story, amount: number) =>
  tell(database, story, 'payment.captured', { amount: usd(amount), authorizationId: `auth-${story.id}` });

test('a stay is invoiced when its money is taken, by the night where that adds up', async () => {
  const story = await held('owner-stay');
  await tell(database, story, 'booking.confirmed');
  await tell(database, story, 'booking.checked-in');
  expect(await invoicesOf(story)).toEqual([]);
  await capture(story, 90_000);
  expect(await invoicesOf(story)).toEqual([
    {
      number: 'INV-owner-stay-000001',
      kind: 'invoice',
      corrects: null,
      amount: 90_000,
      description: 'Luxury Beach Villa, 2030-07-01 to 2030-07-04',
      quantity: 3,
      unit_price: 30_000,
    },
  ]);
});

test('a deposit is invoiced with the confirmation, the rest when it is taken, and a refund is credited', async () => {
  const story = await held('owner-deposit');
  await capture(story, 30_000);
  expect(await invoicesOf(story)).toEqual([]);
  await tell(database, story, 'booking.confirmed');
  await tell(database, story, 'booking.checked-in');
  await capture(story, 60_000);
  await tell(database, story, 'booking.checked-out');
  const refund = { amount: usd(20_000), authorizationId: `auth-${story.id}`, reference: 'r' };
  await tellAfterwards(database, story, 'case', 'payment.refunded', refund);
  const stay = 'Luxury Beach Villa, 2030-07-01 to 2030-07-04';
  expect(await invoicesOf(story)).toMatchObject([
    { number: 'INV-owner-deposit-000001', kind: 'invoice', amount: 30_000, description: `Deposit: ${stay}` },
    { number: 'INV-owner-deposit-000002', kind: 'invoice', amount: 60_000, description: `Balance: ${stay}` },
    {
      ...{ number: 'INV-owner-deposit-000003', kind: 'credit-note', corrects: 'INV-owner-deposit-000002' },
      ...{ amount: 20_000, description: `Refund: ${stay}` },
    },
  ]);
});

test('money that goes back before it was ever invoiced needs no credit note', async () => {
  const story = await held('owner-failed');
  await capture(story, 90_000);
  await tell(database, story, 'booking.failed');
  const undo = { step: 'refund-payment', amount: usd(90_000), outcome: 'refunded' };
  await tell(database, story, 'undo.completed', undo);
  expect(await invoicesOf(story)).toEqual([]);
});

test('fifty confirmations at once for one owner are numbered 1 to 50 without gaps, though some fail', async () => {
  const stories: Story[] = [];
  for (let place = 0; place < 60; place += 1) stories.push(await held('owner-crowd', { system: 'travel' }));
  for (const story of stories) await capture(story, 90_000);
  const clients = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      return client;
    }),
  );
  try {
    const waiting = stories.map((story, place) => ({ story, fails: place % 6 === 5 }));
    await Promise.all(
      clients.map(async (client) => {
        for (let next = waiting.pop(); next; next = waiting.pop()) {
          const session = {
            ...database,
            query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
              (await client.query<Row>(sql, [...values])).rows,
          };
          await client.query('BEGIN');
          await tell(session, next.story, 'booking.confirmed');
          await client.query(next.fails ? 'ROLLBACK' : 'COMMIT');
        }
      }),
    );
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  const numbers = await database.query<{ serial: number }>(
    `SELECT serial FROM booking.invoices WHERE owner_id = 'owner-crowd' ORDER BY serial`,
  );
  expect(numbers.map(({ serial }) => serial)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
});
