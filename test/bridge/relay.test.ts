import { Client } from 'pg';
import type { ItemId } from '../../domain/ids';
import { addItem } from '../support/bookings';
import { RelayWorld, until } from './relay-world';
import { type Chapter, open, openAndConfirm, type Sql, tell } from './story';

let world: RelayWorld;
beforeEach(async () => {
  world = await RelayWorld.create();
});
afterEach(() => world.close());

/** A session of its own, to hold a transaction open. */
async function transaction(): Promise<Sql & { commit(): Promise<void> }> {
  const client = new Client({ connectionString: world.database.url });
  await client.connect();
  await client.query('BEGIN');
  return {
    async query<Row extends object>(sql: string, values: readonly unknown[] = []) {
      return (await client.query<Row>(sql, [...values])).rows;
    },
    async commit() {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

const idOf = (chapter: Chapter) => chapter.request.bookingId;

test('every change is told once, in order, whatever lane the booking has', async () => {
  const items: ItemId[] = [];
  for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) items.push(await addItem(world.database, name));
  await world.startRelay();
  const listener = await world.listen();
  const bookings: Chapter[] = [];
  for (let round = 0; round < 5; round += 1) {
    for (const item of items) bookings.push(await openAndConfirm(world.database, item));
  }
  await listener.untilHeard(bookings.length * 4);
  await world.untilOutboxEmpty();

  const { KAFKA_REQUEST_TOPIC: requests, KAFKA_RESPONSE_TOPIC: updates } = world.config;
  for (const booking of bookings) {
    expect(listener.sequences(requests, idOf(booking))).toEqual([1]);
    expect(listener.sequences(updates, idOf(booking))).toEqual([2, 3, 5]); // 4, the blocked nights, is a note
  }
  expect(listener.heard).toHaveLength(bookings.length * 4);
});

test('of two transactions that commit against the order of their ids, both are told', async () => {
  const item = await addItem(world.database, 'A');
  await world.startRelay();
  const listener = await world.listen();
  const early = await transaction();
  const slow = await open(early, item); // has the lower outbox id, and is not committed yet
  const quick = await open(world.database, item);
  await listener.untilHeard(1);
  await world.untilOutboxEmpty();
  await early.commit();
  await listener.untilHeard(2);
  expect(listener.heard.map(({ key }) => key)).toEqual([idOf(quick), idOf(slow)]);
});

test('a message the broker refuses stops only its own booking, until it is cleared', async () => {
  const item = await addItem(world.database, 'A');
  const MORE_THAN_A_BROKER_TAKES = 'x'.repeat(1_200_000);
  const before = await openAndConfirm(world.database, item);
  const stuck = await open(world.database, item);
  const accepted = await tell(world.database, stuck, 'booking.accepted', {
    reason: { code: 'cancelled-by-system', text: MORE_THAN_A_BROKER_TAKES },
  });
  const between = await openAndConfirm(world.database, item);
  await tell(world.database, accepted, 'payment.authorized');
  const after = await openAndConfirm(world.database, item);

  await world.startRelay();
  const listener = await world.listen();
  await listener.untilHeard(3 * 4 + 1);
  const updates = world.config.KAFKA_RESPONSE_TOPIC;
  for (const booking of [before, between, after]) {
    expect(listener.sequences(updates, idOf(booking))).toEqual([2, 3, 5]);
  }
  await until('all that were sent have left the outbox', async () => (await world.outboxRows()) === 2);
  const left = await world.database.query('SELECT booking_id, refusal FROM booking.outbox ORDER BY id');
  expect(left).toEqual([
    { booking_id: idOf(stuck), refusal: 'MESSAGE_TOO_LARGE' },
    { booking_id: idOf(stuck), refusal: null },
  ]);
  expect(listener.sequences(updates, idOf(stuck))).toEqual([]);

  await world.database.query(
    "UPDATE booking.booking_events SET reason = 'short' WHERE length(reason) > 1000",
  );
  await world.database.query('UPDATE booking.outbox SET refused_at = NULL, refusal = NULL');
  await world.untilOutboxEmpty();
  await listener.untilHeard(3 * 4 + 3);
  expect(listener.sequences(updates, idOf(stuck))).toEqual([2, 3]);
});

test('a row that nobody can make sense of is set aside, and the others go on', async () => {
  const item = await addItem(world.database, 'A');
  const odd = await openAndConfirm(world.database, item);
  const fine = await openAndConfirm(world.database, item);
  await world.database.query("UPDATE booking.bookings SET system = 'zeppelin' WHERE id = $1", [idOf(odd)]);
  await world.startRelay();
  const listener = await world.listen();
  await listener.untilHeard(4);
  expect(new Set(listener.heard.map(({ key }) => key))).toEqual(new Set([idOf(fine)]));
  const refused = () =>
    world.database.query('SELECT refusal FROM booking.outbox WHERE refused_at IS NOT NULL');
  await until('the row was set aside', async () => (await refused()).length > 0);
  expect(await refused()).toEqual([{ refusal: 'system is "zeppelin"' }]);
  // The others' rows are deleted after they were heard.
  await until('only its rows are left', async () => (await world.outboxRows()) === 5);
});

test('existing topics keep their partitions; missing ones come with seven days of retention', async () => {
  const { KAFKA_REQUEST_TOPIC: requests, KAFKA_RESPONSE_TOPIC: updates } = world.config;
  const small = { name: requests, partitions: 2, replication: 1, retentionMs: 60_000 };
  expect(await world.kafka.admin.ensureTopics([small])).toEqual([]);
  expect(await world.kafka.admin.ensureTopics([{ ...small, partitions: 6 }])).toEqual([
    { name: requests, partitions: 2 },
  ]);
  await world.startRelay();
  await world.untilTopics();
  expect(await world.kafka.admin.describeTopics([requests, updates])).toEqual([
    { name: requests, partitions: 2, replication: 1, retentionMs: 60_000, messages: 0 },
    { name: updates, partitions: 6, replication: 1, retentionMs: 7 * 24 * 3_600_000, messages: 0 },
  ]);
});
