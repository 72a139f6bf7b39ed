import { TopicNudges } from '../../api/live/topic-nudges';
import { GROUPS } from '../../consumers/groups';
import { eventsSettled } from '../../consumers/runner/metrics';
import { statusWord } from '../../domain/system-status';
import { openKafka } from '../../platform/kafka/open-kafka';
import { createLogger } from '../../platform/logger';
import { seed } from '../../scripts/seed';
import { freePort } from '../../scripts/stack/ports';
import { signToken } from '../../scripts/token';
import { addItem } from '../support/bookings';
import { EventStream } from '../support/event-stream';
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
  product = await Product.create({ BILLING_WAIT_MS: '20000' });
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

test('the traveler’s view of status equals the fold of the event log', async () => {
  const traveler = product.as('traveler:traveler-1');
  const owner = product.as('owner:owner-1');
  const ids: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const stay = { propertyId: 'PROP-VIEW', startDate: day(30 + n), endDate: day(32 + n) };
    ids.push(bookingIn(await traveler.post('/api/bookings', stay)).id);
  }
  const [confirmed = '', rejected = '', cancelled = '', , left = ''] = ids;
  await owner.put(`/api/bookings/${confirmed}/accept`);
  await owner.put(`/api/owners/bookings/${rejected}/reject`, { reason: 'Roof repair' });
  await owner.put(`/api/bookings/${cancelled}/accept`);
  await product.reached(cancelled, 'CONFIRMED');
  await traveler.put(`/api/bookings/${cancelled}/cancel`);
  await product.reached(confirmed, 'CONFIRMED');
  await product.undone(cancelled);

  // The last fact of each booking that changed its state, once there was one after opening.
  const fold = await product.database.query<{
    booking_id: string;
    state: 'CONFIRMED';
    reason: string | null;
  }>(
    `SELECT DISTINCT ON (booking_id) booking_id, state, reason FROM booking.booking_events
     WHERE from_state <> state AND from_state <> 'NONE' AND booking_id = ANY($1)
     ORDER BY booking_id, sequence DESC`,
    [ids],
  );
  expect(fold.map(({ state }) => state).sort()).toEqual(['CANCELLED', 'CONFIRMED', 'REJECTED']);
  const view = () =>
    product.database.query(
      'SELECT booking_id, state, reason, status FROM booking_status.bookings ORDER BY booking_id',
    );
  const wanted = fold.map((row) => ({ ...row, status: statusWord('stays', row.state) }));
  expect(await until(view, (rows) => JSON.stringify(rows) === JSON.stringify(wanted))).toEqual(wanted);
  expect(left).not.toBe('');

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
  await product.start('api', { PORT: String(ports[1]) });
  const logger = createLogger('silent', 'test');
  const kafka = openKafka({ brokers: product.config.KAFKA_BROKERS, clientId: 'test', logger });
  const readers = ports.map(() => new TopicNudges({ kafka, renames: product.config, logger }));
  const heard: string[][] = [[], []];
  for (const [index, reader] of readers.entries()) {
    reader.listen((bookingId) => heard[index]?.push(bookingId));
  }
  await until(
    () => readers.map(({ isHeard }) => isHeard),
    ([one, other]) => one === true && other === true,
  );

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
  await product.as('owner:owner-1').put(`/api/bookings/${id}/accept`);
  for (const screen of screens) {
    const states = (await screen.take(5)).map(({ data }) => data.state);
    expect([...new Set(states)]).toEqual(['PENDING', 'ACCEPTED', 'PAYMENT_AUTHORIZED', 'CONFIRMED']);
    screen.close();
  }
  // Opened, accepted, authorized, confirmed: each on a topic of its own or of all.
  await until(
    () => heard.map((ids) => ids.filter((told) => told === id).length),
    ([one = 0, other = 0]) => one >= 4 && other >= 4,
  );
  await Promise.all(readers.map((reader) => reader.stop()));
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

test('a process that is killed between its effect and its offset leaves duplicates to the next one, and nothing twice', async () => {
  const changes = { CONSUMER_GROUP_PREFIX: `${product.config.CONSUMER_GROUP_PREFIX}doomed-` };
  const group = `${changes.CONSUMER_GROUP_PREFIX}booking-status-sync-group`;
  const groups = { ...changes, CONSUMER_GROUPS: 'booking-status-sync-group' };
  const doomed = await product.spawn('consumers', { ...groups, FAILPOINTS: 'consumer.handled=kill' });
  await doomed.reached('consumer.handled');
  await doomed.ended;
  const handled = await inbox(group);
  expect(handled).toBeGreaterThan(0);

  await product.start('consumers', groups);
  const logger = createLogger('silent', 'test');
  const { admin } = openKafka({ brokers: product.config.KAFKA_BROKERS, clientId: 'test', logger });
  const topic = product.config.KAFKA_RESPONSE_TOPIC;
  await until(
    () => admin.lagOf(group, [topic]),
    ([lag]) => lag?.lag === 0,
  );
  const { values } = await eventsSettled.get();
  const count = (outcome: string) =>
    values.find(({ labels }) => labels.group === group && labels.outcome === outcome)?.value ?? 0;
  expect(count('duplicate')).toBe(handled);
  const [{ messages } = { messages: 0 }] = await admin.describeTopics([topic]);
  expect(await inbox(group)).toBe(messages);
  expect(handled + count('done') + count('ignored')).toBe(messages);
});

async function inbox(group: string): Promise<number> {
  const [row] = await product.database.query<{ handled: number }>(
    'SELECT count(*)::int AS handled FROM consumers.inbox WHERE group_id = $1',
    [group],
  );
  return row?.handled ?? 0;
}
