import { checkNights } from '../../consumers/availability-calculator/overbookings';
import type { Transaction } from '../../platform/database/transactions';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  // Forty items, each taken for a whole year by bookings of five nights.
  await database.query(
    `INSERT INTO availability_calculator.items (item_id, property_id, system, capacity, overbooking, item_version)
     SELECT 'ITEM-' || i, 'P-' || i, 'hotel', 2, 0, 1 FROM generate_series(1, 40) i`,
  );
  await database.query(
    `INSERT INTO availability_calculator.bookings (booking_id, property_id, state, seen)
     SELECT 'B-' || i || '-' || n, 'P-' || i, 'CONFIRMED', '{}'
     FROM generate_series(1, 40) i, generate_series(0, 72) n`,
  );
  await database.query(
    `INSERT INTO availability_calculator.taken_nights (booking_id, item_id, night, quantity)
     SELECT 'B-' || i || '-' || d / 5, 'ITEM-' || i, date '2030-01-01' + d, 1
     FROM generate_series(1, 40) i, generate_series(0, 364) d`,
  );
  await database.query('ANALYZE');
});
afterAll(() => database.close());

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that a plan took out of a table. */
function read(table: string, node: PlanNode): number {
  const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  const below = (node.Plans ?? []).map((part) => read(table, part));
  return below.reduce((sum, more) => sum + more, node['Relation Name'] === table ? rows : 0);
}

test('an overbooking check reads the nights that it is about, however many there are', async () => {
  // One is open already, so that there is something to close as well.
  await database.query(
    `INSERT INTO availability_calculator.overbookings (item_id, night, confirmed, capacity, allowed, opened_at)
     VALUES ('ITEM-7', '2030-06-01', 3, 2, 0, '2029-12-01')`,
  );
  const plans: PlanNode[] = [];
  const explaining = {
    query: async (text: string, values: readonly unknown[]) => {
      const [row] = await database.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        values,
      );
      plans.push(...(row?.['QUERY PLAN'] ?? []).map(({ Plan }) => Plan));
      return [];
    },
  } as unknown as Transaction;
  const span = { itemId: 'ITEM-7', start: '2030-06-01', end: '2030-06-04' };
  await checkNights(explaining, [span], '2030-01-01T00:00:00.000Z');
  expect(plans.map((plan) => read('taken_nights', plan))).toEqual([1, 3]);
  expect(plans.map((plan) => read('bookings', plan))).toEqual([1, 3]);
});
