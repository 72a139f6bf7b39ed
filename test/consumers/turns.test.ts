import { type Attempt, attempt } from '../../consumers/runner/attempt';
import type { Event, Group } from '../../consumers/runner/group';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let transactions: Transactions;
beforeAll(async () => {
  database = await freshDatabase();
  transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 2, timeoutMs: 4_000 },
  });
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

const eventOf = (eventId: string, key: string | undefined): Event => ({
  ...{ eventId, factId: eventId, key, type: 'thing', topic: 'things', message: {} },
  time: new Date().toISOString(),
});

test('batches that meet in two places, in either order, wait one for the other and not each for the other', async () => {
  const untilSomebodyWaits = async () => {
    let waiting: unknown[] = [];
    while (waiting.length === 0) {
      waiting = await database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
    }
  };
  let second: Promise<Attempt> | undefined;
  const group: Group = {
    ...{
      name: 'turns',
      topics: {},
      batch: true,
      rebuild: { never: 'a test' },
      inTurn: ({ key }) => key,
    },
    async handle({ eventId, key }, transaction) {
      // As a row that both of them change.
      await transaction.query("SELECT pg_advisory_xact_lock(hashtext('row ' || $1))::text", [key]);
      if (eventId !== 'first') return 'done';
      second = attempt(transactions, 'turns', group, [eventOf('third', 'b'), eventOf('fourth', 'a')]);
      await untilSomebodyWaits();
      return 'done';
    },
  };
  const batch = [eventOf('first', 'a'), eventOf('waits for nobody', undefined), eventOf('second', 'b')];
  const ended = [await attempt(transactions, 'turns', group, batch), await second];
  expect(ended.map((one) => one?.kind)).toEqual(['committed', 'committed']);
});
