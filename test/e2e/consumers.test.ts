import { GROUPS } from '../../consumers/groups';
import { eventsSettled } from '../../consumers/runner/metrics';
import { openKafka } from '../../platform/kafka/open-kafka';
import { createLogger } from '../../platform/logger';
import { seed } from '../../scripts/seed';
import { freePort } from '../../scripts/stack/ports';
import { signToken } from '../../scripts/token';
import { addItem } from '../support/bookings';
import { EventStream } from '../support/event-stream';
import { untilViewsAreFolds } from '../support/folds';
import { day, Product } from '../support/product';
import { billIn, bookingIn, type RestCaller } from '../support/rest';
import { until } from '../support/until';

const flight = {
  type: 'flight',
  itemId: 'FLIGHT-AA601',
  totalAmountPaid: 299.99,
  paymentMethod: 'tok_approved',
  bookingDetails: { passengers: ['Ann Lee'], seat: '12A' },
};

let product: Product;
let ann: RestCaller;
beforeAll(async () => {
  product = await Product.create({ BILLING_WAIT_MS: '20000', LIVE_HEARTBEAT_MS: '3600000' });
  await seed(product.database.url);
  await addItem(product.database, 'PROP-VIEW', 50);
  await product.start('bridge');
  await product.start('worker');
  await product.start('api');
  await product.start('consumers');
  ann = product.as('traveler:ann');
});
afterAll(() => product.close());

interface History {
  readonly source: string;
  readonly bookings: readonly { readonly bookingId: string; readonly status: string }[];
}
const history = async () => (await ann.get('/api/users/ann/bookings')).body as unknown as History;

test('a user’s history follows the topic: a booking appears, and then follows its status', async () => {
  const { bookingId } = billIn(await ann.post('/api/billing', flight));
  const view = await until(history, ({ source }) => source === 'view');
  expect(view.bookings).toMatchObject([{ bookingId, status: 'confirmed' }]);

  const [bill] = await product.database.query<{ id: string }>('SELECT id FROM booking.billing_records');
  await ann.put(`/api/billing/${bill?.id}/cancel`, { reason: 'Plans changed' });
  // While the view is behind, the log fills in; nobody sees the old word.
  expect((await history()).bookings).toMatchObject([{ status: 'cancelled' }]);
  await until(history, ({ source }) => source === 'view');
});

test('the views of status and of administrators equal the fold of the event log', async () => {
  const traveler = product.as('traveler:traveler-1');
  const owner = product.as('owner:owner-1');
  const ids: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const stay = { propertyId: 'PROP-VIEW', startDate: day(30 + n), endDate: day(32 + n) };
    ids.push(bookingIn(await traveler.post('/api/bookings', stay)).id);
  }
  const [confirmed = '', rejected = '', cancelled = ''] = ids;
  await owner.put(`/api/bookings/${confirmed}/accept`);
  await owner.put(`/api/owners/bookings/${rejected}/reject`, { reason: 'Roof repair' });
  await owner.put(`/api/bookings/${cancelled}/accept`);
  await product.reached(cancelled, 'CONFIRMED');
  await traveler.put(`/api/bookings/${cancelled}/cancel`);
  await product.reached(confirmed, 'CONFIRMED');
  await product.undone(cancelled);

  await untilViewsAreFolds(product.database);
  const states = await product.database.query<{ state: string }>(
    'SELECT state FROM booking_status.bookings WHERE booking_id = ANY($1) ORDER BY state',
    [ids],
  );
  expect(states.map(({ state }) => state)).toEqual(['CANCELLED', 'CONFIRMED', 'REJECTED']);

  const mails = () =>
    product.database.query(
      `SELECT recipient || ' ' || kind || ' ' || status AS mail FROM email_notification.mails
       WHERE booking_id = $1 AND word = 'CANCELLED' ORDER BY 1`,
      [rejected],
    );
  const sent = [{ mail: 'owner rejected sent' }, { mail: 'traveler rejected sent' }];
  expect(await until(mails, (rows) => JSON.stringify(rows) === JSON.stringify(sent))).toEqual(sent);
  const mailbox = (await traveler.get('/dev/mails')).body as unknown as { mails: { subject: string }[] };
  expect(mailbox.mails.map(({ subject }) => subject)).toContain('Rejected: Luxury Beach Villa');
});

test('the analytics engine has counted every request and sale, and said so on its topic', async () => {
  const [counted] = await product.database.query<{ requests: number; bookings: number; told: number }>(
    `SELECT (count(*) FILTER (WHERE type = 'booking.opened'))::int AS requests,
       (count(*) FILTER (WHERE type = 'booking.confirmed'))::int AS bookings,
       (count(*) FILTER (WHERE state IN ('PENDING', 'CONFIRMED', 'CANCELLED', 'REJECTED')))::int AS told
     FROM booking.booking_events WHERE from_state <> state`,
  );
  const { told, ...figures } = counted ?? {};
  const today = new Date();
  const [from, to] = [-2, 2].map((days) =>
    new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10),
  );
  const kpis = async () => {
    const { body } = await product
      .as('admin:boss')
      .get(`/api/analytics/kpis?currency=USD&from=${from}&to=${to}`);
    const { lines } = (body as unknown as { data: { lines: { requests: number; bookings: number }[] } }).data;
    return lines.map(({ requests, bookings }) => ({ requests, bookings }));
  };
  const wanted = JSON.stringify([figures]);
  await until(kpis, (seen) => JSON.stringify(seen) === wanted);
  const published = () =>
    product.database.query(
      `SELECT 1 FROM booking.publications p JOIN booking.bookings b ON b.id = p.message->>'bookingId'
       WHERE NOT EXISTS (SELECT FROM booking.outbox o WHERE o.fact_id = p.fact_id)`,
    );
  await until(published, (rows) => rows.length === told);
  // Each group writes down how far it is behind.
  await until(
    () => product.database.query('SELECT DISTINCT group_id FROM consumers.lags'),
    (rows) => rows.length === GROUPS.length,
  );
});

test('bills, money and nights of the views made of several topics are those of the product', async () => {
  const sums = () =>
    product.database.query<Record<string, [number, number | null]>>(
      // Of this product's bookings: the topics are shared with whatever else runs against the broker.
      `WITH own AS (SELECT id FROM booking.bookings)
       SELECT
         array[(SELECT count(*) FROM booking.invoices WHERE kind = 'invoice'),
               (SELECT count(invoice_number) FROM billing_service.bills b JOIN own ON own.id = b.booking_id)
         ]::integer[] AS invoices,
         array[(SELECT sum(captured) FROM booking.authorizations),
               (SELECT sum(captured) FROM payment_processor.authorizations a JOIN own ON own.id = a.booking_id)
         ]::integer[] AS captured,
         array[(SELECT sum(held) FROM booking.authorizations),
               (SELECT sum(held) FROM payment_processor.authorizations a JOIN own ON own.id = a.booking_id)
         ]::integer[] AS held,
         array[(SELECT sum(blocked) FROM booking.availability_calendar),
               (SELECT sum(quantity) FROM availability_calculator.taken_nights n JOIN own ON own.id = n.booking_id)
         ]::integer[] AS taken,
         array[(SELECT sum(blocked) FROM booking.availability_calendar),
               (SELECT sum(quantity) FROM rate_management.taken_nights n JOIN own ON own.id = n.booking_id)
         ]::integer[] AS occupied,
         array[(SELECT count(*) FROM booking.booking_events WHERE type = 'booking.confirmed'),
               (SELECT count(*) FROM rate_management.applied a JOIN own ON own.id = a.booking_id)
         ]::integer[] AS rates`,
    );
  const agree = ([row]: Awaited<ReturnType<typeof sums>>) =>
    Object.values(row ?? {}).every(([product, view]) => product === view);
  const [{ captured, taken } = {}] = await until(sums, agree);
  expect(captured?.[0]).toBeGreaterThan(0);
  expect(taken?.[0]).toBeGreaterThan(0);
});

test('whichever copy of the API a screen is at, the topics tell it to look, and it shows each status', async () => {
  const ports = [product.config.PORT, await freePort()];
  // A process of its own, as its metrics are; like the first one, its streams do not look by themselves for an hour.
  await product.spawn('api', { PORT: String(ports[1]) });
  const traveler = product.as('traveler:traveler-1');
  const stay = { propertyId: 'PROP-VIEW', startDate: day(50), endDate: day(52) };
  const { id } = bookingIn(await traveler.post('/api/bookings', stay));
  const token = await signToken({ role: 'owner', sub: 'owner-1', ttl: '1h' }, product.config);
  const screens = await Promise.all(
    ports.map((port) =>
      EventStream.open(`http://127.0.0.1:${port}/api/bookings/${id}/events`, {
        authorization: `Bearer ${token}`,
      }),
    ),
  );
  for (const screen of screens) expect((await screen.take(1))[0]?.data.state).toBe('PENDING');
  const hear = () =>
    Promise.all(ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text())).then(
      (texts) => texts.map((text) => /^live_topics_heard (\d)$/m.exec(text)?.[1]),
    );
  // From here on they look when they are nudged, and never else.
  await until(hear, (heard) => heard.every((one) => one === '1'));

  await product.as('owner:owner-1').put(`/api/bookings/${id}/accept`);
  for (const screen of screens) {
    const states = (await screen.take(4)).map(({ data }) => data.state);
    expect([...new Set(states)]).toEqual(['ACCEPTED', 'PAYMENT_AUTHORIZED', 'CONFIRMED']);
    screen.close();
  }
  expect(await hear()).toEqual(['1', '1']);
});

test('the groups are ready, and tell where they are not', async () => {
  const trouble = await product.start('consumers', { KAFKA_BROKERS: '127.0.0.1:1' });
  expect(await trouble.trouble?.()).toContain('booking-status-sync-group: ');
  await product.stop(trouble);
  const some = product.start('consumers', { CONSUMER_GROUPS: 'user-service' });
  await expect(some).rejects.toThrow(
    'there is no group "user-service"; there are booking-status-sync-group,',
  );
});

/** Both with a view that is compared with the event log. */
const WATCHED = ['booking-status-sync-group', 'admin-service-group'];
const EMPTY = 'TRUNCATE booking_status.bookings, admin_service.events, admin_service.bookings';

test('a process that is killed between its effect and its offset leaves duplicates to the next one, and nothing twice', async () => {
  await product.database.query(EMPTY);
  const prefix = `${product.config.CONSUMER_GROUP_PREFIX}doomed-`;
  const groups = { CONSUMER_GROUP_PREFIX: prefix, CONSUMER_GROUPS: WATCHED.join() };
  const doomed = await product.spawn('consumers', { ...groups, FAILPOINTS: 'consumer.handled=kill' });
  await doomed.reached('consumer.handled');
  await doomed.ended;
  const handled = await inbox(prefix);
  expect(handled).toBeGreaterThan(0);

  const next = await product.start('consumers', groups);
  await untilAllIsRead(prefix);
  expect(await settled(prefix, 'duplicate')).toBeGreaterThanOrEqual(handled);
  await untilViewsAreFolds(product.database);
  await product.stop(next);
});

test('what is told again, and what comes late when nobody remembers it any more, changes no view', async () => {
  const prefix = product.config.CONSUMER_GROUP_PREFIX;
  const before = await settled(prefix, 'duplicate');
  const again = await tellAgain('');
  await untilAllIsRead(prefix);
  expect((await settled(prefix, 'duplicate')) - before).toBeGreaterThanOrEqual(again);
  await untilViewsAreFolds(product.database);

  // The first word of each booking once more, behind its last one, to groups whose inbox has nothing of it.
  await product.database.query('DELETE FROM consumers.inbox WHERE group_id = ANY($1)', [
    WATCHED.map((name) => prefix + name),
  ]);
  const late = await tellAgain('AND nth = 1');
  expect(late).toBeGreaterThan(0);
  expect(late).toBeLessThan(again);
  await untilAllIsRead(prefix);
  expect(await inbox(prefix, OWN)).toBe(late);
  await untilViewsAreFolds(product.database);
});

/** Tells what the watched groups' topics were told of this product's bookings once more. Answers how many messages. */
async function tellAgain(which: string): Promise<number> {
  const rows = await product.database.query(
    `INSERT INTO booking.outbox (lane, fact_id, booking_id, only_topic)
     SELECT lane, fact_id, booking_id, topic FROM (
       SELECT b.lane, e.fact_id, e.booking_id, e.sequence, topics.name AS topic,
         row_number() OVER (PARTITION BY e.booking_id ORDER BY e.sequence) AS nth
       FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id
       JOIN (VALUES ('stays', $1), ('travel', 'bookings')) AS topics (system, name) ON topics.system = b.system
       WHERE e.from_state <> e.state AND (b.system, e.from_state) <> ('stays', 'NONE')
         AND (b.system = 'stays' OR e.state IN ('PENDING', 'CONFIRMED', 'CANCELLED'))
     ) told WHERE true ${which} ORDER BY booking_id, sequence RETURNING id`,
    [product.config.KAFKA_RESPONSE_TOPIC],
  );
  await until(
    () => product.database.query('SELECT fact_id, refusal FROM booking.outbox'),
    (waiting) => waiting.length === 0,
  );
  return rows.length;
}

/** Waits until the watched groups under a prefix have settled all that is on their topics. */
async function untilAllIsRead(prefix: string): Promise<void> {
  const logger = createLogger('silent', 'test');
  const { admin } = openKafka({ brokers: product.config.KAFKA_BROKERS, clientId: 'test', logger });
  const topics = [product.config.KAFKA_RESPONSE_TOPIC, 'bookings'];
  await until(
    () => Promise.all(WATCHED.map((name, n) => admin.lagOf(prefix + name, topics.slice(n, n + 1)))),
    (lags) => lags.flat().every(({ lag }) => lag === 0),
  );
}

/** Events that the watched groups under a prefix settled in this process, by outcome. */
async function settled(prefix: string, outcome: string): Promise<number> {
  const ids = WATCHED.map((name) => prefix + name);
  const { values } = await eventsSettled.get();
  return values
    .filter(({ labels }) => ids.includes(String(labels.group)) && labels.outcome === outcome)
    .reduce((sum, { value }) => sum + value, 0);
}

/** Of this product's bookings: others' come at any time. */
const OWN = `AND split_part(event_id, ':', 1) IN (SELECT fact_id FROM booking.booking_events)`;

/** How many events the watched groups under a prefix remember. */
async function inbox(prefix: string, whose = ''): Promise<number> {
  const [row] = await product.database.query<{ handled: number }>(
    `SELECT count(*)::int AS handled FROM consumers.inbox WHERE group_id = ANY($1) ${whose}`,
    [WATCHED.map((name) => prefix + name)],
  );
  return row?.handled ?? 0;
}
