import { Client } from 'pg';
import type { ItemId } from '../../domain/ids';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';

/* Capacity is copied to a night when it is first sold: a change must reach the nights that are being sold meanwhile. */

let database: TestDatabase;
let other: Client;
let third: Client;
beforeAll(async () => {
  database = await freshDatabase();
  other = new Client({ connectionString: database.url });
  await other.connect();
  third = new Client({ connectionString: database.url });
  await third.connect();
});
afterAll(async () => {
  await other.end();
  await third.end();
  await database.close();
});

const BLOCK = `SELECT booking.block_nights($1, $1, $2, '2030-01-01', '2030-01-03', $3) AS gone`;
const CHANGE = `SELECT booking.change_item($1, 1, $2, '[{"type": "item.changed", "details": {}}]', 'owner-1', '2029-01-01') AS outcome`;
const capacityOf = (item: ItemId) =>
  database.query('SELECT DISTINCT capacity FROM booking.availability_calendar WHERE item_id = $1', [item]);

/** Waits until some session waits for a lock. */
const untilWaiting = () =>
  until(
    () =>
      database.query(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      ),
    (waiting) => waiting.length > 0,
  );

test('a block that makes new nights while the capacity is lowered counts by the new one', async () => {
  const item = await addItem(database, 'PROP-A', 5);
  await other.query('BEGIN');
  await other.query(CHANGE, [item, { capacity: 2 }]);
  const blocking = third.query<{ gone: unknown[] }>(BLOCK, ['block-a', item, 3]);
  await untilWaiting();
  await other.query('COMMIT');
  expect((await blocking).rows[0]?.gone).toHaveLength(2);
  await database.query(BLOCK, ['block-b', item, 2]);
  expect(await capacityOf(item)).toEqual([{ capacity: 2 }]);
});

test('a capacity that is lowered while nights are being sold waits, and is refused by what was sold', async () => {
  const item = await addItem(database, 'PROP-B', 5);
  await other.query('BEGIN');
  await other.query(BLOCK, ['block-c', item, 3]);
  const changing = third.query(CHANGE, [item, { capacity: 2 }]);
  await untilWaiting();
  await other.query('COMMIT');
  expect((await changing).rows).toEqual([
    {
      outcome: {
        sold: [
          { night: '2030-01-01', sold: 3 },
          { night: '2030-01-02', sold: 3 },
        ],
      },
    },
  ]);
  expect(await capacityOf(item)).toEqual([{ capacity: 5 }]);
});

test('an id with a colon is a hotel’s', async () => {
  await expect(addItem(database, 'PROP:1')).rejects.toThrow('only_room_types_hold_a_colon');
});

test('says of each night that cannot be had whether it is sold out or closed', async () => {
  const item = await addItem(database, 'PROP-C', 2);
  await database.query(BLOCK, ['block-d', item, 2]);
  await database.query(`SELECT * FROM booking.close_nights($1, '2030-01-04', '2030-01-05', 'owner-1')`, [
    item,
  ]);
  expect(
    await database.query(`SELECT booking.unavailable_reasons($1, '2030-01-02', '2030-01-06', 1) AS reasons`, [
      item,
    ]),
  ).toEqual([
    {
      reasons: [
        { night: '2030-01-02', reason: 'sold-out' },
        { night: '2030-01-04', reason: 'closed' },
      ],
    },
  ]);
});
