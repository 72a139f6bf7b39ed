import type { Event } from '../../consumers/runner/group';
import { enterInbox, keepInbox } from '../../consumers/runner/inbox';
import { DatabaseAway, openTransactions, type Transactions } from '../../platform/database/transactions';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let transactions: Transactions;
beforeAll(async () => {
  database = await freshDatabase();
  transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 4, timeoutMs: 2_000 },
  });
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

const DAY_MS = 86_400_000;

function event(eventId: string, time = new Date().toISOString()): Event {
  return { eventId, time, factId: eventId, type: 'thing', topic: 'things', key: 'one', message: {} };
}
function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}
const enter = (group: string, ...events: Event[]) =>
  transactions.run(async (transaction) =>
    (await enterInbox(transaction, group, events)).map(({ eventId }) => eventId),
  );
const tables = async () =>
  (
    await database.query<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'consumers.inbox'::regclass",
    )
  ).map(({ name }) => name.replace('consumers.', ''));
const tableOf = (time: string) => `inbox_${time.slice(0, 10).replaceAll('-', '')}`;

test('an event is fresh once for each group, also where it stands twice in one batch', async () => {
  expect(await enter('a', event('1'), event('1'), event('2'))).toEqual(['1', '2']);
  expect(await enter('a', event('2'), event('3'))).toEqual(['3']);
  expect(await enter('b', event('1'))).toEqual(['1']);
});

test('an event entered by a transaction that came to nothing is fresh', async () => {
  const failing = transactions.run(async (transaction) => {
    await enterInbox(transaction, 'a', [event('rolled-back')]);
    throw new Error('the handler failed');
  });
  await expect(failing).rejects.toThrow('the handler failed');
  expect(await enter('a', event('rolled-back'))).toEqual(['rolled-back']);
});

test('of two members that have one event in hand, the second waits, and finds a duplicate', async () => {
  let second: Promise<string[]> | undefined;
  await transactions.run(async (transaction) => {
    expect(await enterInbox(transaction, 'a', [event('both')])).toHaveLength(1);
    second = enter('a', event('both'));
    let waiting: unknown[] = [];
    while (waiting.length === 0) {
      waiting = await database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
    }
  });
  expect(await second).toEqual([]);
});

test('events of days without a table of their own are known all the same, and move when the table comes', async () => {
  const far = event('from-the-future', new Date(Date.now() + 40 * DAY_MS).toISOString());
  expect(await enter('a', far)).toEqual(['from-the-future']);
  expect(await enter('a', far)).toEqual([]);
  await database.query('SELECT consumers.make_inbox_day($1::date)::text', [far.time.slice(0, 10)]);
  expect(await tables()).toContain(tableOf(far.time));
  expect(await enter('a', far)).toEqual([]);
});

test('a day is dropped after 30 days, unless some of it was handled since', async () => {
  for (const days of [29, 40, 41]) {
    await database.query('SELECT consumers.make_inbox_day($1::date)::text', [daysAgo(days).slice(0, 10)]);
  }
  await enter('a', event('replayed', daysAgo(41)), event('ancient', daysAgo(60)), event('old', daysAgo(61)));
  await database.query(
    "UPDATE consumers.inbox SET handled_at = now() - interval '31 days' WHERE event_id = 'old'",
  );
  await keepInbox(transactions);
  const left = await tables();
  expect(left).not.toContain(tableOf(daysAgo(40)));
  expect(left).toEqual(expect.arrayContaining([tableOf(daysAgo(41)), tableOf(daysAgo(29))]));
  expect(await enter('a', event('replayed', daysAgo(41)))).toEqual([]);
  expect(await enter('a', event('ancient', daysAgo(60)))).toEqual([]);
  expect(await enter('a', event('old', daysAgo(61)))).toEqual(['old']);
});

test('there are tables for three days to come', async () => {
  await keepInbox(transactions);
  expect(await tables()).toEqual(
    expect.arrayContaining([0, -1, -2, -3].map((days) => tableOf(daysAgo(days)))),
  );
});

test('a statement that failed and was passed over commits nothing', async () => {
  const heedless = transactions.run(async (transaction) => {
    await enterInbox(transaction, 'a', [event('heedless')]);
    await transaction.query('SELECT 1/0').catch(() => undefined);
  });
  await expect(heedless).rejects.toThrow('nothing was committed');
  expect(await enter('a', event('heedless'))).toEqual(['heedless']);
});

test('Postgres that goes away in the middle is told as such, whatever the handler made of the error', async () => {
  const wrapped = transactions.run(async ({ query }) => {
    await query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {
      throw new Error('could not save');
    });
  });
  await expect(wrapped).rejects.toThrow(DatabaseAway);
});
