import { Client } from 'pg';
import { sayer } from '../../bridge/say';
import { analyticsEngine } from '../../consumers/analytics-engine/group';
import { bookingStatusSync } from '../../consumers/booking-status-sync/group';
import { GROUPS } from '../../consumers/groups';
import { checksumOf, type View } from '../../consumers/rebuild/view-rows';
import { attempt } from '../../consumers/runner/attempt';
import { Envelopes } from '../../consumers/runner/envelope';
import type { Event, Group } from '../../consumers/runner/group';
import type { ItemId } from '../../domain/ids';
import { readConfig } from '../../platform/config';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import type { IncomingMessage, Kafka } from '../../platform/kafka/port';
import { type Rebuilt, rebuild, type Source } from '../../scripts/rebuild/rebuild';
import { planRepublication } from '../../scripts/republish/plan';
import { openStory, tell, usd } from '../database/ledger-story';
import { addItem, addRoom, travelRequest } from '../support/bookings';
import { AT, change, confirmedReservation, stay } from '../support/changes';
import { freshDatabase, type TestDatabase } from '../support/database';
import { eventsFor, takeTold } from '../support/told';

const config = readConfig({ NODE_ENV: 'test', CONSUMER_GROUP_PREFIX: 'own-' });

let database: TestDatabase;
let transactions: Transactions;
/** What the relay sends of the bookings played, by topic, as the topics hold it. */
let told: ReadonlyMap<string, readonly IncomingMessage[]>;

beforeAll(async () => {
  database = await freshDatabase();
  transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 2, timeoutMs: 5_000 },
  });
  await play();
  told = await tellAll();
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

/** Bookings of every system, with what else may happen: declines, a change, a cancel, closed nights. */
async function play(): Promise<void> {
  const home = await addItem(database, 'PROP-001', 3);
  const travel = await Promise.all(
    (['flight', 'car', 'property'] as const).map(async (kind) => {
      const item = await addItem(database, `TRAVEL-${kind}`, 3);
      await database.query(`UPDATE booking.items SET system = 'travel', kind = $2 WHERE id = $1`, [
        item,
        kind,
      ]);
      return item;
    }),
  );
  const room = await addRoom(database, 'HOTEL-A:STD', 3);
  await addRoom(database, 'HOTEL-A:SUITE', 3);

  for (const [n, itemId] of [home, ...travel].entries()) {
    const asked = () => (itemId === home ? {} : { ...travelRequest({ itemId, now: Date.parse(AT) }) });
    const [hold, amount] = [`auth-${n}`, usd(90_000)];
    const story = await openStory(database, itemId, asked());
    await tell(database, story, 'booking.accepted');
    await tell(database, story, 'payment.declined', { code: 'declined', amount });
    const authorized = { authorizationId: hold, paymentStatus: 'authorized' };
    await tell(database, story, 'payment.authorized', { amount, reference: hold }, authorized);
    await tell(database, story, 'booking.confirmed');
    await tell(database, story, 'booking.checked-in');
    await tell(database, story, 'payment.captured', { amount, authorizationId: hold });
    const gone = await openStory(database, itemId, asked());
    await tell(database, gone, 'booking.cancelled');
  }
  const march = await confirmedReservation(database, room, stay('2027-03-01', '2027-03-04'));
  await change(database, march, { itemId: 'HOTEL-A:SUITE' as ItemId, guests: 1 });
  await database.query(`SELECT booking.close_nights($1, '2027-05-01', '2027-05-04', 'owner-1')`, [room]);
  await database.query(`SELECT booking.open_nights($1, '2027-05-02', '2027-05-03', 'owner-1')`, [room]);
  // Sold twice over, one of them for a while only: topic by topic, nobody sees that it ever was.
  for (const passing of [true, false]) {
    const single = await addRoom(database, passing ? 'HOTEL-B:STD' : 'HOTEL-C:STD', 1);
    const stories = [];
    for (const _ of ['one', 'other']) {
      const story = await openStory(database, single, { system: 'hotel' });
      await tell(database, story, 'booking.accepted');
      await tell(database, story, 'payment.authorized', { amount: usd(90_000) });
      await tell(database, story, 'inventory.blocked');
      await tell(database, story, 'booking.confirmed');
      stories.push(story);
    }
    const [one] = stories;
    if (!passing || !one) continue;
    await tell(database, one, 'booking.cancelled');
    await tell(database, one, 'undo.completed', { step: 'release-nights' });
  }
}

async function tellAll(): Promise<ReadonlyMap<string, IncomingMessage[]>> {
  const topics = new Map<string, IncomingMessage[]>();
  for (const message of await takeTold(database)) {
    const before = topics.get(message.topic) ?? [];
    const place = { partition: 0, offset: String(before.length), timestamp: 0 };
    topics.set(message.topic, [...before, { ...message, ...place }]);
  }
  return topics;
}

/** Topics that hold what was told, from an offset on. */
function kafka(from = 0n): Kafka {
  return {
    admin: {
      topicNames: async () => [...told.keys()],
      rangesOf: async (topics: readonly string[]) =>
        topics.map((topic) => ({ topic, partition: 0, from, to: BigInt(told.get(topic)?.length ?? 0) })),
    },
    async watch({ topics, onMessage }: Parameters<Kafka['watch']>[0]) {
      for (const topic of topics) for (const message of told.get(topic) ?? []) await onMessage(message);
      return { stop: async () => undefined };
    },
  } as unknown as Kafka;
}

const eventsOf = (group: Group): Event[] => eventsFor(group, [...told.values()].flat());

/** Has the group handle everything as it comes from its topics, some of it twice. Answers how many it knew already. */
async function live(group: Group): Promise<number> {
  let known = 0;
  const events = eventsOf(group);
  for (let n = 0; n < events.length; n += 5) {
    const result = await attempt(transactions, `own-${group.name}`, group, events.slice(n, n + 7));
    if (result.kind !== 'committed') throw new Error(JSON.stringify(result));
    known += result.duplicates;
  }
  return known;
}

interface Changes {
  readonly source?: Source;
  readonly withUnread?: boolean;
  readonly now?: Date;
  readonly keep?: boolean;
  readonly kafka?: Kafka;
  readonly connect?: () => Promise<Client>;
}

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return client;
}

function remake(group: Group, changes: Changes = {}): Promise<Rebuilt> {
  const { source = 'log', keep = true } = changes;
  return rebuild({
    ...{ group, view: viewOf(group), groupId: `own-${group.name}`, source, config, connect, kafka: kafka() },
    ...{ withUnread: false, now: new Date() },
    envelopes: new Envelopes(group.topics, config),
    ...changes,
    keep: () => keep,
  });
}

function viewOf(group: Group): View {
  if ('never' in group.rebuild) throw new Error(`${group.name} is never made anew`);
  return group.rebuild;
}

const rebuildable = GROUPS.filter(({ rebuild }) => !('never' in rebuild));

test.each(rebuildable.map((group) => [group.name, group] as const))(
  '%s: its view made anew, from the event log or from its topics, equals the one it has kept, and knows all of it',
  async (_name, group) => {
    await live(group);
    const kept = await checksumOf(transactions, viewOf(group));
    for (const source of ['log', 'topic', 'log'] as const) {
      const { tables, passedOver } = await remake(group, { source });
      expect(passedOver).toEqual([]);
      expect(tables.filter(({ gone, added }) => gone + added > 0)).toEqual([]);
      expect(tables.reduce((rows, { after }) => rows + after, 0)).toBeGreaterThan(0);
      expect(await checksumOf(transactions, viewOf(group))).toBe(kept);
      // What the topics still have for it are the events that it has handled, under the same ids.
      const events = eventsOf(group).length;
      expect(await live(group)).toBeGreaterThanOrEqual(events);
    }
  },
);

test('a dry run finds what differs and changes nothing; kept, it mends it', async () => {
  await live(bookingStatusSync);
  const right = await checksumOf(transactions, viewOf(bookingStatusSync));
  await database.query(`UPDATE booking_status.bookings SET status = 'PENDING' WHERE state = 'CANCELLED'`);
  const wrong = await checksumOf(transactions, viewOf(bookingStatusSync));
  const [row] = (await remake(bookingStatusSync, { keep: false })).tables;
  expect(row).toMatchObject({ table: 'booking_status.bookings', gone: 1, added: 1 });
  expect(await checksumOf(transactions, viewOf(bookingStatusSync))).toBe(wrong);
  await remake(bookingStatusSync);
  expect(await checksumOf(transactions, viewOf(bookingStatusSync))).toBe(right);
});

test('while a view is made anew its group waits, its readers see it as it was, and nothing counts as a failure', async () => {
  await live(bookingStatusSync);
  const [event] = eventsOf(bookingStatusSync);
  if (!event) throw new Error('nothing was told');
  const held: string[] = [];
  await remake(bookingStatusSync, {
    source: 'topic',
    kafka: {
      ...kafka(),
      watch: async () => {
        const { kind } = await attempt(transactions, 'own-booking-status-sync-group', bookingStatusSync, [
          event,
        ]);
        const other = await attempt(transactions, 'own-owner-group', bookingStatusSync, [event]);
        const rows = await transactions.query('SELECT * FROM booking_status.bookings');
        held.push(kind, other.kind, rows.length > 0 ? 'a view' : 'no view');
        throw new Error('enough seen');
      },
    },
  }).catch((error: Error) => held.push(error.message));
  expect(held).toEqual(['held', 'committed', 'a view', 'enough seen']);
  // Whoever died in the middle of it holds nobody.
  expect(await live(bookingStatusSync)).toBeGreaterThan(0);
});

test('an event that cannot be handled is passed over by itself and named', async () => {
  const [doomed] = eventsOf(bookingStatusSync);
  const group: Group = {
    ...bookingStatusSync,
    handle: (event, transaction) => {
      if (event.eventId === doomed?.eventId) throw new Error('no such property');
      return bookingStatusSync.handle(event, transaction);
    },
  };
  const { handled, passedOver } = await remake(group);
  expect(passedOver).toEqual([{ error: 'no such property', what: `booking-updates ${doomed?.eventId}` }]);
  expect(handled).toBe(eventsOf(bookingStatusSync).length - 1);
  // It has had its effects, and no member reads it again: the next rebuild is to handle it.
  expect(await remake(bookingStatusSync)).toMatchObject({ handled: handled + 1, left: 0 });
});

/** A group of its own with that view, empty, and where effects outside of the view are noted. */
async function statusGroup(name: string): Promise<{ readonly group: Group; readonly effects: string[] }> {
  await database.query('DELETE FROM booking_status.bookings');
  const effects: string[] = [];
  const handle: Group['handle'] = (event, transaction) => {
    if (!transaction.rebuilding) effects.push(event.eventId);
    return bookingStatusSync.handle(event, transaction);
  };
  return { group: { ...bookingStatusSync, name, handle }, effects };
}

test('what a group has not read is no part of its view, and has its effects once, when a member reads it', async () => {
  const { group, effects } = await statusGroup('lagging-group');
  const events = eventsOf(group);
  await attempt(transactions, 'own-lagging-group', group, events.slice(0, -2));
  for (const source of ['log', 'topic'] as const) {
    const made = await remake(group, { source });
    expect(made).toMatchObject({ left: 2, handled: events.length - 2, tables: [{ gone: 0, added: 0 }] });
  }
  await live(group);
  expect(effects).toEqual(events.map(({ eventId }) => eventId));
});

test('a new group gets from the log what the topics no longer have, or all of it if told so, without effects', async () => {
  const { group, effects } = await statusGroup('new-group');
  const all = eventsOf(group).length;
  // They happened on the first of June.
  const onDay = (day: string, withUnread = false) =>
    remake(group, { keep: false, withUnread, now: new Date(`2030-06-${day}T12:00:00Z`) });
  expect(await onDay('06')).toMatchObject({ left: all, handled: 0 });
  expect(await onDay('06', true)).toMatchObject({ left: 0, handled: all });
  // Not to the hour: on its last day in the topic, members may come too late to it.
  expect(await onDay('08')).toMatchObject({ left: 0, handled: all });
  expect(effects).toEqual([]);
});

test('nothing is published of history that is counted for the first time', async () => {
  const group = { ...analyticsEngine, name: 'new-engine' };
  await database.query(
    'TRUNCATE booking.publications, analytics.bookings, analytics.changes, analytics.payments',
  );
  const { handled } = await remake(group, { now: new Date('2030-06-20T12:00:00Z') });
  expect(handled).toBe(eventsOf(group).length);
  expect(await database.query('SELECT * FROM booking.publications')).toEqual([]);
  expect(await database.query('SELECT DISTINCT told FROM analytics.changes')).toEqual([{ told: true }]);
});

test('a fact that cannot be told is named, and keeps nothing else from being told', async () => {
  const [row] = await database.query<{ fact_id: string; item_id: string }>(
    `UPDATE booking.item_events SET type = 'item.vanished' WHERE type = 'availability.opened' RETURNING fact_id, item_id`,
  );
  const error = 'type is "item.vanished"';
  const { passedOver, tables } = await remake(bookingStatusSync, { withUnread: true });
  expect(passedOver).toEqual([{ what: `fact ${row?.fact_id}`, error }]);
  expect(tables[0]?.after).toBeGreaterThan(0);
  const client = await connect();
  const wanted = { topic: 'availability.updated', from: new Date(0) };
  const { subjects, untellable } = await planRepublication(client, wanted, sayer(config));
  await client.end();
  expect(untellable).toEqual([{ kind: 'item', id: row?.item_id, error }]);
  expect(subjects.length).toBeGreaterThan(0);
  expect(subjects.map(({ id }) => id)).not.toContain(row?.item_id);
});

test('topics that have lost their first messages are refused: the view would lack what they told', async () => {
  await expect(remake(bookingStatusSync, { source: 'topic', kafka: kafka(1n) })).rejects.toThrow(
    'The first messages are gone already (booking-updates/0 begins at 1)',
  );
});
