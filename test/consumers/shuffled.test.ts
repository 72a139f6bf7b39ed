import fc from 'fast-check';
import { availabilityCalculator } from '../../consumers/availability-calculator/group';
import { paymentProcessor } from '../../consumers/payment-processor/group';
import { rateManagement } from '../../consumers/rate-management/group';
import type { Event, Group } from '../../consumers/runner/group';
import type { FactType } from '../../domain/booking-state';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import { openStory, tell, tellAfterwards, usd } from '../database/ledger-story';
import { addRoom } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import { eventsFor, takeTold } from '../support/told';

/** What each group has made of the messages; not when an overbooking came and went, which depends on their order. */
const VIEWS: readonly {
  readonly group: Group;
  readonly schema: string;
  readonly queries: readonly string[];
}[] = [
  {
    group: availabilityCalculator,
    schema: 'availability_calculator',
    queries: [
      'SELECT * FROM availability_calculator.bookings ORDER BY booking_id',
      'SELECT * FROM availability_calculator.calendar ORDER BY item_id, night',
      'SELECT * FROM availability_calculator.items ORDER BY item_id',
      `SELECT item_id, night, capacity, allowed FROM availability_calculator.overbookings WHERE closed_at IS NULL
       ORDER BY item_id, night`,
    ],
  },
  {
    group: paymentProcessor,
    schema: 'payment_processor',
    queries: [
      'SELECT * FROM payment_processor.bookings ORDER BY booking_id',
      'SELECT * FROM payment_processor.movements ORDER BY fact_id, kind',
      'SELECT * FROM payment_processor.ledger ORDER BY booking_id',
    ],
  },
  {
    group: rateManagement,
    schema: 'rate_management',
    queries: [
      'SELECT * FROM rate_management.bookings ORDER BY booking_id',
      'SELECT * FROM rate_management.taken_nights ORDER BY booking_id, night',
      'SELECT * FROM rate_management.usage ORDER BY item_id, plan',
    ],
  },
];

let database: TestDatabase;
let transactions: Transactions;
/** What was told of five bookings, in the order in which it happened. */
let messages: Awaited<ReturnType<typeof takeTold>>;

beforeAll(async () => {
  database = await freshDatabase();
  transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 2, timeoutMs: 2_000 },
  });
  await play();
  messages = await takeTold(database);
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

/** Two room types of a hotel, one of them sold twice over, and a room of another hotel. */
async function play(): Promise<void> {
  const standard = await addRoom(database, 'HOTEL-A:STD', 1);
  const suite = await addRoom(database, 'HOTEL-A:SUITE', 3);
  const other = await addRoom(database, 'HOTEL-B:STD', 2);
  const stories = [];
  for (const itemId of [standard, standard, suite, other, suite]) {
    const story = await openStory(database, itemId, { system: 'hotel' });
    const authorizationId = `hold-${story.id}`;
    const on = (amount: number, more: object = {}) => ({ amount: usd(amount), authorizationId, ...more });
    const say = (type: FactType, details: object = {}) =>
      tell(database, story, type, details as Readonly<Record<string, unknown>>);
    stories.push({ story, say, on });
  }
  for (const { say, on } of stories) {
    await say('booking.accepted');
    await say('payment.authorized', on(90_000));
    await say('inventory.blocked');
    await say('booking.confirmed');
  }
  const [one, two, three, four, five] = stories;
  if (!one || !two || !three || !four || !five) throw new Error('five were booked');
  await database.query("SELECT booking.close_nights($1, '2030-08-01', '2030-08-04', 'owner-1')", [suite]);
  await two.say('booking.cancelled');
  await two.say('undo.completed', { step: 'release-nights' });
  await two.say('undo.completed', two.on(90_000, { step: 'void-authorization', outcome: 'voided' }));
  const from = {
    ...{ itemId: suite, itemName: 'Suite', guests: 2, quantity: 1, price: usd(60_000) },
    stay: { start: '2030-06-29', end: '2030-07-02' },
  };
  await three.say('booking.modified', { from });
  await database.query("SELECT booking.open_nights($1, '2030-08-02', '2030-08-04', 'owner-1')", [suite]);
  for (const { say, on } of [one, four]) {
    await say('booking.checked-in');
    await say('payment.captured', on(80_000, { released: usd(10_000) }));
    await say('booking.checked-out');
    await say('inventory.released', { stay: { start: '2030-07-03', end: '2030-07-04' } });
    await say('payment.settled', { amount: usd(70_000), commission: usd(10_000) });
  }
  await tellAfterwards(database, four.story, 'r1', 'payment.refunded', four.on(5_000, { kind: 'refund' }));
  // Sold twice over: what the saga would not let happen, and the calculator is there to notice.
  await database.query('UPDATE booking.items SET capacity = 1, version = version + 1 WHERE id = $1', [suite]);
  await tell(database, five.story, 'payment.declined', five.on(90_000, { code: 'card_declined' }));
  await five.say('booking.checked-in');
}

/** Handles events in one transaction, without an inbox: what comes again must do no harm by itself. */
const handle = (group: Group, events: readonly Event[]) =>
  transactions.run(async (transaction) => {
    for (const event of events) await group.handle(event, transaction);
  });

async function viewAfter({ group, schema, queries }: (typeof VIEWS)[number], deliver: () => Promise<void>) {
  const tables = await database.query<{ name: string }>(
    `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS name FROM pg_tables WHERE schemaname = $1`,
    [schema],
  );
  await database.query(`TRUNCATE ${tables[0]?.name} RESTART IDENTITY`);
  await deliver();
  const rows = [];
  for (const query of queries) rows.push(await database.query(query));
  return { group: group.name, rows };
}

/** What of the events is in order: those of one topic and key. */
function partitionsOf(events: readonly Event[]): { events: Event[]; next: number }[] {
  const partitions = new Map<string, { events: Event[]; next: number }>();
  for (const event of events) {
    const name = `${event.topic} ${event.key}`;
    const partition = partitions.get(name) ?? { events: [], next: 0 };
    partition.events.push(event);
    partitions.set(name, partition);
  }
  return [...partitions.values()];
}

/** A partition is read on, some events in one transaction, after some of what it held were told again. */
const turn = fc.record({ partition: fc.nat(99), events: fc.integer({ min: 1, max: 5 }), again: fc.nat(4) });

test.each(VIEWS)('$schema: however topics are read beside each other, the view is the same', async (view) => {
  const events = eventsFor(view.group, messages);
  const told = events.length;
  expect(new Set(events.map(({ topic }) => topic)).size).toBeGreaterThan(10);
  const inOrder = await viewAfter(view, () => handle(view.group, events));
  expect(inOrder.rows.every((rows) => rows.length > 0)).toBe(true);

  const property = fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 40 }), async (turns) => {
    const partitions = partitionsOf(events);
    let handled = 0;
    const readOn = async (partition: (typeof partitions)[number], count: number, again: number) => {
      const { next } = partition;
      partition.next = Math.min(partition.events.length, next + count);
      handled += partition.next - next;
      await handle(view.group, partition.events.slice(Math.max(0, next - again), partition.next));
    };
    const shuffled = await viewAfter(view, async () => {
      for (const { partition, events: count, again } of turns) {
        const open = partitions.filter(({ events: all, next }) => next < all.length);
        const chosen = open[partition % Math.max(1, open.length)];
        if (chosen) await readOn(chosen, count, again);
      }
      // The rest, the topics that come last in the table first: as far out of order as can be.
      for (const partition of partitions.toReversed()) await readOn(partition, told, 1);
    });
    expect(handled).toBe(told);
    expect(shuffled).toEqual(inOrder);
  });
  await fc.assert(property, { numRuns: 8, seed: 20261121 });
});
