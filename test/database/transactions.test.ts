import { sqlStateOf } from '../../platform/database/sql-state';
import { openTransactions } from '../../platform/database/transactions';
import { freshDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

test('a transaction that ran out of time between two statements says that it did', async () => {
  const transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test out of time', poolSize: 1, timeoutMs: 100 },
  });
  const work = transactions.run(async ({ query }) => {
    await query('SELECT 1');
    await until(
      () => database.query(`SELECT FROM pg_stat_activity WHERE application_name = 'test out of time'`),
      (sessions) => sessions.length === 0,
    );
    await query('SELECT 1');
  });
  expect(sqlStateOf(await work.catch((error: unknown) => error))).toBe('25P04');
  await transactions.close();
});
