import { lookForAlerts } from '../../consumers/analytics-engine/alerts/round';
import { analyticsEngine } from '../../consumers/analytics-engine/group';
import { type HeardEvent, sayingOf } from '../../consumers/analytics-engine/saying';
import type { Event } from '../../consumers/runner/group';
import { LagReport } from '../../consumers/runner/lag-report';
import { ALERT_THRESHOLDS } from '../../domain/analytics/alerts';
import { SYSTEMS } from '../../domain/item';
import { TOPICS, type TopicSpec } from '../../domain/topics';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import { createLogger } from '../../platform/logger';
import { availabilityExamples, rateUpdatedExample } from '../../platform/messages/examples/nights-and-rates';
import { paymentExamples } from '../../platform/messages/examples/payments';
import { messageSchema } from '../../platform/messages/json-schema';
import { MESSAGES } from '../../platform/messages/table';
import { addPlayedItems, generatedLives, PLAYED_CAPACITY, play, shuffled } from '../support/bookings-played';
import { freshDatabase, type TestDatabase } from '../support/database';
import { eventsFor, takeTold } from '../support/told';

let database: TestDatabase;
let transactions: Transactions;
let events: Event[];
beforeAll(async () => {
  database = await freshDatabase();
  transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 2, timeoutMs: 30_000 },
  });
  await addPlayedItems(database);
  for (const life of generatedLives(36)) await play(database, life);
  events = eventsFor(analyticsEngine, await takeTold(database, SYSTEMS));
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

async function handle(some: readonly Event[]): Promise<void> {
  await transactions.run(async (transaction) => {
    for (const event of some) await analyticsEngine.handle(event, transaction);
  });
}

const fieldsOf = (message: unknown) => Object.keys(Object(message)).sort().join();

const VIEW = ['bookings', 'changes', 'payments'] as const;
async function kept(): Promise<Record<string, object[]>> {
  const view: Record<string, object[]> = {};
  for (const table of VIEW) {
    const columns = table === 'bookings' ? "to_jsonb(t) - 'updated_at'" : 'to_jsonb(t)';
    view[table] = await database.query(`SELECT ${columns} AS row FROM analytics.${table} t ORDER BY 1`);
  }
  return view;
}
const published = (topic: string) =>
  database.query<{ message: Record<string, unknown>; key: string }>(
    'SELECT message, key FROM booking.publications WHERE topic = $1 ORDER BY fact_id',
    [topic],
  );

test('it reads every topic but those of its own', () => {
  const others = Object.entries<TopicSpec>(TOPICS).filter(([, { publishedBy }]) => !publishedBy);
  expect(Object.keys(analyticsEngine.topics).sort()).toEqual(others.map(([word]) => word).sort());
});

test('in whichever order its messages come, and told twice in every dialect, it counts the same', async () => {
  await handle(events);
  const first = { view: await kept(), told: await published('analyticsReservation') };
  expect(first.view.bookings).toHaveLength(36);
  await handle(shuffled(events, 1).slice(0, 100));
  expect({ view: await kept(), told: await published('analyticsReservation') }).toEqual(first);

  await database.query('TRUNCATE analytics.bookings, analytics.changes, analytics.payments');
  await handle(shuffled([...events, ...events], 2));
  expect(await kept()).toEqual(first.view);
  // What was published once is not published again, though all of it was counted anew.
  expect(await published('analyticsReservation')).toEqual(first.told);
});

test('all that is about one booking is handled in turn, and what is about none waits for nobody', () => {
  const turns = new Map(events.map((event) => [event, analyticsEngine.inTurn?.(event)]));
  const bookings = new Set(turns.values());
  expect(bookings).toEqual(
    new Set(events.map(({ message }) => (message as { bookingId: string }).bookingId)),
  );
  expect(bookings.size).toBe(36);
  for (const message of [rateUpdatedExample, ...availabilityExamples.slice(1)]) {
    expect(analyticsEngine.inTurn?.({ message } as unknown as Event)).toBeUndefined();
  }
});

test('a hold that was not granted is a declined payment, money that could not be taken of one is none', () => {
  const failed = (kind: string | undefined) =>
    sayingOf({
      topic: 'paymentFailed',
      message: { ...paymentExamples.failed, kind },
    } as unknown as HeardEvent);
  expect(['authorization', undefined].map((kind) => failed(kind)?.payment?.kind)).toEqual(
    Array(2).fill('declined'),
  );
  expect(failed('capture')).toEqual({ bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9', state: 'ACCEPTED', sequence: 3 });
});

test('each counted change is published once, whole, under its property, and waits in the outbox', async () => {
  const told = await published('analyticsReservation');
  const changes = await database.query(
    `SELECT booking_id FROM booking.booking_events WHERE type = 'booking.modified' OR (from_state <> state
       AND type IN ('booking.opened', 'booking.confirmed', 'booking.cancelled', 'booking.rejected', 'booking.expired',
         'booking.failed', 'booking.no-show', 'booking.checked-in', 'booking.checked-out'))`,
  );
  expect(told).toHaveLength(changes.length);
  for (const { message, key } of told) {
    expect(MESSAGES.analyticsReservation.safeParse(message).error).toBeUndefined();
    expect(key).toBe(message.propertyId);
    expect(fieldsOf(message)).toBe(fieldsOf(messageSchema('analyticsReservation').examples?.[0]));
  }
  const [waiting] = await database.query<{ rows: number }>(
    'SELECT count(*)::integer AS rows FROM booking.outbox o JOIN booking.publications p USING (fact_id, lane)',
  );
  expect(waiting?.rows).toBe(told.length);
  const confirmed = told.find(({ message }) => message.change === 'confirmed' && message.system === 'hotel');
  expect(confirmed?.message).toMatchObject({
    ...{ eventType: 'analytics.reservation', state: 'CONFIRMED', itemKind: 'room', ownerId: 'ann' },
    confirmationNumber: expect.stringMatching(/^RSV-2030-/),
    pricingDetails: { currency: 'EUR' },
  });
});

test('a change whose booking is not known yet is told when it is', async () => {
  await database.query('TRUNCATE booking.publications, analytics.bookings, analytics.changes');
  const villa = events.filter(
    ({ key }) => key === events.find(({ topic }) => topic === 'bookingUpdates')?.key,
  );
  const update = villa.filter(({ topic }) => topic === 'bookingUpdates').slice(-1);
  const request = villa.filter(({ topic }) => topic === 'bookingRequests');
  await handle(update.filter(({ message }) => (message as { state: string }).state !== 'ACCEPTED'));
  expect(await published('analyticsReservation')).toEqual([]);
  await handle(request);
  expect(await published('analyticsReservation')).toHaveLength(2);
});

describe('alerts', () => {
  const NOW = new Date('2030-02-01T12:00:00.000Z');
  const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const groups = ['behind', 'late', 'silent', 'well'];
  const look = (now: Date) => lookForAlerts(transactions, now, groups);
  const told = async () =>
    (
      await database.query<{ message: { kind: string; status: string; subject: string; text: string } }>(
        `SELECT message FROM booking.publications WHERE topic = 'analyticsAlert' ORDER BY at, message->>'kind'`,
      )
    ).map(({ message: { kind, status, subject } }) => `${kind} ${status}: ${subject}`);
  beforeEach(async () => {
    await database.query(
      `TRUNCATE analytics.bookings, analytics.payments, analytics.alerts, booking.publications, consumers.lags`,
    );
  });

  const sell = (id: string, item: string, quantity: number, state = 'CONFIRMED') =>
    database.query(
      `INSERT INTO analytics.bookings (booking_id, item_id, start_date, end_date, quantity, amount, currency, state,
         confirmed_at) VALUES ($1, $2, '2030-02-03', '2030-02-05', $3, 100, 'USD', $4, '2030-01-01')`,
      [id, item, quantity, state],
    );
  const pay = (count: number, kind: string, at: Date) =>
    database.query(
      `INSERT INTO analytics.payments SELECT $2 || $3::timestamptz || n, $2, 'B1', 100, 'USD', $3
       FROM generate_series(1, $1) n`,
      [count, kind, at],
    );

  test('an item that is sold beyond its capacity opens one, and one only, until it no longer is, under its property', async () => {
    await sell('B1', 'GRAND:STD', PLAYED_CAPACITY);
    await look(NOW);
    expect(await told()).toEqual([]);
    await sell('B2', 'GRAND:STD', 1);
    await look(later(1));
    await look(later(2));
    expect(await told()).toEqual(['overbooking opened: GRAND:STD']);
    await database.query(`UPDATE analytics.bookings SET state = 'CANCELLED' WHERE booking_id = 'B2'`);
    await look(later(3));
    await look(later(4));
    expect(await told()).toEqual(['overbooking opened: GRAND:STD', 'overbooking closed: GRAND:STD']);
    const rows = await database.query(
      'SELECT kind, owner_id, opened_at, closed_at, observed FROM analytics.alerts',
    );
    expect(rows).toEqual([
      {
        ...{ kind: 'overbooking', owner_id: 'ann', opened_at: later(1), closed_at: later(3) },
        observed: { nights: 2, first: '2030-02-03', sold: PLAYED_CAPACITY + 1, capacity: PLAYED_CAPACITY },
      },
    ]);
    for (const { key, message } of await published('analyticsAlert')) {
      expect(key).toBe('GRAND');
      expect(fieldsOf(message)).toBe(fieldsOf(messageSchema('analyticsAlert').examples?.[0]));
    }
  });

  test('refunds are a spike from three times the usual on, and never below five', async () => {
    await sell('B1', 'VILLA', 1);
    // Two a day are usual.
    for (let day = 2; day <= 29; day += 1) await pay(2, 'refunded', later(-day * 24 * 60 + 60));
    await pay(5, 'refunded', later(-10));
    await look(NOW);
    expect(await told()).toEqual([]);
    await pay(1, 'refunded', later(0));
    await look(later(1));
    expect(await told()).toEqual(['refund-spike opened: ann']);
    await look(later(25 * 60));
    expect(await told()).toEqual(['refund-spike opened: ann', 'refund-spike closed: ann']);
  });

  test('payments are declining from four of ten on, and never below ten tries', async () => {
    const { atLeast, percent } = ALERT_THRESHOLDS['declining-payments'];
    expect({ atLeast, percent }).toEqual({ atLeast: 10, percent: 40 });
    await sell('B1', 'CAR-1', 1);
    await pay(5, 'authorized', later(-30));
    await pay(4, 'declined', later(-20));
    await look(NOW);
    expect(await told()).toEqual([]);
    await pay(1, 'authorized', later(0));
    await look(later(1));
    expect(await told()).toEqual(['declining-payments opened: ken']);
    await pay(1, 'authorized', later(2));
    await look(later(3));
    expect(await told()).toEqual(['declining-payments opened: ken', 'declining-payments closed: ken']);
  });

  test('a group that falls behind, is late, or is not heard of opens one', async () => {
    const report = (group: string, messages: number, seconds: number, at: Date) =>
      database.query(
        `INSERT INTO consumers.lags VALUES ($1, 'member-1', $2, $3, $4)
         ON CONFLICT (group_id, member) DO UPDATE SET messages = $2, seconds = $3, at = $4`,
        [group, messages, seconds, at],
      );
    await report('behind', 1_001, 0, NOW);
    await report('late', 1, 301, NOW);
    await report('silent', 0, 0, later(-6));
    await report('well', 1_000, 300, NOW);
    // None that the product has any more.
    await report('retired', 5_000, 900, NOW);
    await look(NOW);
    expect((await told()).sort()).toEqual(
      ['behind', 'late', 'silent'].map((group) => `lag opened: ${group}`),
    );
    // An alert about no property is in order with its own end.
    for (const { key, message } of await published('analyticsAlert')) expect(key).toBe(message.subject);
    for (const group of groups) await report(group, 0, 0, later(1));
    await look(later(1));
    expect((await told()).filter((line) => line.includes('closed'))).toHaveLength(3);
  });

  test('a group whose last member went in good order is missed, and forgotten after a day', async () => {
    const leave = new LagReport(transactions, 'well', createLogger('silent', 'test'));
    await leave.tell(5_000, 900);
    await leave.leave();
    const [line] = await database.query<{ at: Date; messages: string }>(
      'SELECT at, messages FROM consumers.lags',
    );
    if (!line) throw new Error('no line is left');
    const past = (minutes: number) => new Date(line.at.getTime() + minutes * 60_000);
    await look(past(4));
    expect(await told()).toEqual([]);
    await look(past(6));
    await look(past(24 * 60 - 1));
    expect(await told()).toEqual(['lag opened: well']);
    await look(past(24 * 60));
    expect(await told()).toEqual(['lag opened: well', 'lag closed: well']);
  });

  test('a kind that cannot be looked for keeps no other from it', async () => {
    await sell('B1', 'VILLA', PLAYED_CAPACITY + 1);
    await database.query('ALTER TABLE consumers.lags RENAME TO gone');
    await expect(look(NOW)).rejects.toThrow(AggregateError);
    await database.query('ALTER TABLE consumers.gone RENAME TO lags');
    expect(await told()).toEqual(['overbooking opened: VILLA']);
  });
});
