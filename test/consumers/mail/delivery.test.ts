import { MailDelivery } from '../../../consumers/email-notification/delivery';
import { emailNotification } from '../../../consumers/email-notification/group';
import { openMailDelivery } from '../../../consumers/email-notification/open-delivery';
import { smtpServer } from '../../../consumers/email-notification/smtp-server';
import { attempt } from '../../../consumers/runner/attempt';
import { BatchSize } from '../../../consumers/runner/batch-size';
import { Circuit } from '../../../consumers/runner/circuit';
import { InfrastructureFailure } from '../../../consumers/runner/classify-failure';
import type { Parking } from '../../../consumers/runner/dead-letters';
import { Envelopes } from '../../../consumers/runner/envelope';
import type { Event } from '../../../consumers/runner/group';
import { eventsSettled } from '../../../consumers/runner/metrics';
import { GroupRunner } from '../../../consumers/runner/run-group';
import { workThrough } from '../../../consumers/runner/work-through';
import { ConfigError, readConfig } from '../../../platform/config';
import { DatabaseAway, openTransactions, type Transactions } from '../../../platform/database/transactions';
import type { IncomingMessage, Kafka } from '../../../platform/kafka/port';
import { createLogger } from '../../../platform/logger';
import { Permits } from '../../../platform/permits';
import { addItem } from '../../support/bookings';
import { freshDatabase, type TestDatabase } from '../../support/database';
import { until } from '../../support/until';
import { TestClock } from '../runner-world';
import { MailHost } from './mail-host';

const logger = createLogger('silent', 'test');
const FROM = 'Bookings <bookings@example.com>';
const ANN = 'ann@example.com';
const OWNER = 'owner@example.com';
const NEVER = new AbortController().signal;

let database: TestDatabase;
let host: MailHost;
let transactions: Transactions;
let deliveries: MailDelivery[];
let bookings = 0;
let offset = 0;

beforeAll(async () => {
  database = await freshDatabase();
  await addItem(database, 'PROP-001');
  await database.query(
    `INSERT INTO booking.people (id, name, email) VALUES ('ann', 'Ann', $1), ('owner-1', NULL, $2)`,
    [ANN, OWNER],
  );
  transactions = pool();
});
beforeEach(async () => {
  host = await MailHost.start();
  deliveries = [];
});
afterEach(async () => {
  await Promise.all(deliveries.map((delivery) => delivery.close()));
  await host.down();
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

function pool(): Transactions {
  return openTransactions({
    ...{ url: database.url, applicationName: 'test mail', poolSize: 4, timeoutMs: 20_000 },
  });
}

/** The delivery of a process that has just started. */
function deliveryOver(journal = pool()): MailDelivery {
  const delivery = new MailDelivery({
    ...{ server: smtpServer(host.url), transactions: journal, from: FROM, logger },
  });
  deliveries.push(delivery);
  return delivery;
}

async function newBooking(changes: { traveler?: string; terms?: object; paymentBy?: string } = {}) {
  bookings += 1;
  const id = `BKG${bookings}`;
  await database.query(
    `INSERT INTO booking.bookings (id, system, item_id, item_kind, item_name, owner_id, traveler_id, start_date,
       end_date, guests, quantity, price_amount, currency, terms, lane, state, sequence, decision_by, payment_by,
       created_at, updated_at)
     VALUES ($1, 'stays', 'PROP-001', 'property', 'Luxury Beach Villa', 'owner-1', $2, '2027-03-28', '2027-03-31', 2,
       1, 90000, 'USD', $3, 0, 'PENDING', 1, '2027-01-03T15:00:00Z', $4, now(), now())`,
    [id, changes.traveler ?? 'ann', changes.terms ?? { instant: false }, changes.paymentBy ?? null],
  );
  return id;
}

interface Telling {
  /** Of the event; the same one is a redelivery. */
  readonly id?: string;
  readonly time?: string;
  readonly value?: object;
}

function message(
  topic: string,
  value: object,
  { id, time = '2027-01-02T15:00:00.000Z' }: Telling,
): IncomingMessage {
  offset += 1;
  return {
    ...{ topic, partition: 0, offset: String(offset), timestamp: 0, key: 'k', value: JSON.stringify(value) },
    headers: {
      ce_id: id ?? `${topic} ${JSON.stringify(value)}`,
      ce_type: 't',
      ce_time: time,
      ce_factid: 'f',
    },
  };
}

const requested = (bookingId: string, telling: Telling = {}): IncomingMessage =>
  message(
    'booking-requests',
    {
      ...{ type: 'booking-created', bookingId, propertyId: 'PROP-001', propertyName: 'Luxury Beach Villa' },
      ...{ travelerId: 'ann', ownerId: 'owner-1', guests: 2, totalPrice: 900, status: 'PENDING' },
      ...{ startDate: '2027-03-28T00:00:00.000Z', endDate: '2027-03-31T00:00:00.000Z' },
      ...{ checkIn: '2027-03-28T00:00:00.000Z', checkOut: '2027-03-31T00:00:00.000Z' },
      ...{ timestamp: '2027-01-02T15:00:00.000Z', state: 'PENDING', sequence: 1, ...telling.value },
    },
    telling,
  );
const updated = (
  bookingId: string,
  state: string,
  sequence: number,
  telling: Telling = {},
): IncomingMessage =>
  message(
    'booking-updates',
    {
      ...{
        type: 'booking-status-updated',
        bookingId,
        updatedBy: 'OWNER',
        travelerId: 'ann',
        ownerId: 'owner-1',
      },
      ...{ status: 'ACCEPTED', timestamp: '2027-01-02T16:00:00.000Z', state, sequence, ...telling.value },
    },
    telling,
  );

interface Working {
  readonly delivery?: MailDelivery;
  readonly clock?: TestClock;
  readonly permits?: Permits;
  readonly transactions?: Transactions;
  readonly ending?: AbortSignal;
}

/** Has the runner work through messages, as they come from the broker; answers what was parked. */
async function work(
  messages: readonly IncomingMessage[],
  { delivery, clock = new TestClock(), permits = new Permits(2), ending = NEVER, ...given }: Working = {},
) {
  const parked: Parking[] = [];
  await workThrough(
    {
      ...{ topic: messages[0]?.topic ?? '', partition: 0, messages, ending },
      settled: async () => undefined,
    },
    {
      ...{ group: emailNotification, groupId: 'mail', transactions, clock, logger, permits, ...given },
      delivery: delivery ?? deliveryOver(),
      envelopes: envelopes(),
      circuit: new Circuit(() => clock.now()),
      batchSize: new BatchSize(),
      deadLetters: { park: async (parking) => void parked.push(parking) },
    },
  );
  return parked.map(({ reason, error }) => `${reason}: ${error}`);
}

/** What the runner has counted so far. */
async function settled() {
  const { values } = await eventsSettled.get();
  const count = (outcome: string) =>
    values.find(({ labels }) => labels.group === 'mail' && labels.outcome === outcome)?.value ?? 0;
  return { done: count('done'), duplicate: count('duplicate') };
}

const envelopes = () =>
  new Envelopes(emailNotification.topics, {
    ...{ KAFKA_REQUEST_TOPIC: 'booking-requests', KAFKA_RESPONSE_TOPIC: 'booking-updates' },
  });

function opened(incoming: IncomingMessage): Event {
  const event = envelopes().open(incoming);
  if (event.kind === 'misfit') throw new Error(event.error);
  return event.event;
}

const rows = (bookingId: string) =>
  database.query<{ mail: string; status: string; refusal: string | null }>(
    `SELECT recipient || ' ' || kind AS mail, status, refusal FROM email_notification.mails
     WHERE booking_id = $1 ORDER BY created_at, recipient DESC`,
    [bookingId],
  );
/** As if so much time had passed since a booking's mails were put off. */
const passMinutes = (minutes: number, bookingId: string) =>
  database.query(
    `UPDATE email_notification.mails SET next_try_at = next_try_at - $1 * interval '1 minute',
       deferred_since = deferred_since - $1 * interval '1 minute' WHERE booking_id = $2`,
    [minutes, bookingId],
  );
const subjects = () => host.taken.map(({ to, raw }) => `${to}: ${/^Subject: (.*)$/m.exec(raw)?.[1]?.trim()}`);

test('each change of the word is mailed to both, once, however often and in whichever order it is told', async () => {
  const id = await newBooking();
  await work([requested(id), requested(id)]);
  await work([updated(id, 'ACCEPTED', 2), updated(id, 'PAYMENT_AUTHORIZED', 3), updated(id, 'CONFIRMED', 5)]);
  // A resend of the whole rest, by the same ids; then what is published anew, by others.
  await work([updated(id, 'ACCEPTED', 2), updated(id, 'CONFIRMED', 5)]);
  await work([updated(id, 'ACCEPTED', 2, { id: 'anew-2' }), updated(id, 'CONFIRMED', 5, { id: 'anew-5' })]);
  await work([requested(id, { id: 'anew-1' })]);
  expect(subjects()).toEqual([
    `${ANN}: Request sent: Luxury Beach Villa`,
    `${OWNER}: New request: Luxury Beach Villa`,
    `${ANN}: Accepted: Luxury Beach Villa`,
    `${OWNER}: Accepted: Luxury Beach Villa`,
  ]);
  const [raw = ''] = host.to(ANN);
  expect(raw).toMatch(/^From: Bookings <bookings@example.com>\r?$/m);
  expect(raw).toMatch(/^To: Ann <ann@example.com>\r?$/m);
  expect(raw).toMatch(/^Message-ID: <[0-9a-f]{32}@example.com>\r?$/m);
  expect(raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
  expect(raw).toContain('Sun 28 Mar 2027 to Wed 31 Mar 2027 (3 nights)');
  expect(raw).toContain('900.00 USD');
  // Half past ten where the villa is.
  expect(raw.replace(/=\r?\n/g, '')).toContain('Sun 3 Jan 2027, 10:00 (America/New_York)');
});

test('who decides at once mails nothing before that, and a request that comes late nothing after it', async () => {
  const instant = await newBooking({ terms: { instant: true } });
  await work([requested(instant)]);
  await work([updated(instant, 'ACCEPTED', 2)]);
  expect((await rows(instant)).map(({ mail }) => mail)).toEqual(['traveler booked', 'owner booked']);
  const late = await newBooking();
  await work([updated(late, 'ACCEPTED', 2)]);
  await work([requested(late)]);
  expect((await rows(late)).map(({ mail }) => mail)).toEqual(['traveler accepted', 'owner accepted']);
});

test('where the second mail fails, the first is not sent again', async () => {
  const id = await newBooking();
  host.atRecipient.set(OWNER, [
    [421, 'going down'],
    [421, 'going down'],
  ]);
  const clock = new TestClock();
  expect(await work([requested(id)], { clock })).toEqual([]);
  expect(clock.pauses).toEqual([100, 200]);
  expect(subjects()).toEqual([
    `${ANN}: Request sent: Luxury Beach Villa`,
    `${OWNER}: New request: Luxury Beach Villa`,
  ]);
});

test('a mail server that is away is waited for: the circuit opens, and nothing is parked or lost', async () => {
  const id = await newBooking();
  const before = await settled();
  await host.down();
  const clock = new TestClock();
  const pause = clock.pause.bind(clock);
  clock.pause = async (ms) => {
    await pause(ms);
    if (clock.pauses.filter((one) => one === 30_000).length === 2) await host.up();
  };
  expect(await work([requested(id), requested(await newBooking())], { clock })).toEqual([]);
  expect(clock.pauses).toEqual([100, 200, 400, 800, 1_600, 1_600, 1_600, 1_600, 1_600, 30_000, 30_000]);
  expect(host.to(ANN)).toHaveLength(2);
  expect(host.to(OWNER)).toHaveLength(2);
  // Its handler was done when the mail server was first asked, and is not run again.
  expect(await settled()).toEqual({ done: before.done + 2, duplicate: before.duplicate });
});

test('while a mail server takes its time, the other groups have all permits and connections', async () => {
  const permits = new Permits(1);
  const narrow = openTransactions({
    ...{ url: database.url, applicationName: 'test views', poolSize: 1, timeoutMs: 2_000 },
  });
  let answer: () => void = () => undefined;
  host.beforeAnswer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const working = work([requested(await newBooking())], { permits, transactions: narrow });
  await until(
    () => host.taken.length,
    (count) => count === 1,
  );
  expect(await permits.using(() => narrow.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  host.beforeAnswer = async () => undefined;
  answer();
  await working;
  await narrow.close();
});

test('a mail that the server will not have is on record with the reason, and keeps nobody from theirs', async () => {
  const id = await newBooking();
  host.atRecipient.set(ANN, [[550, '5.1.1 <Ann@Example.COM>: no such user; was a.lee@old.example']]);
  const refusal = '550 5.1.1 <<address>>: no such user; was <address>';
  expect(await work([requested(id)])).toEqual([]);
  expect(await rows(id)).toEqual([
    { mail: 'traveler requested', status: 'refused', refusal },
    { mail: 'owner requested', status: 'sent', refusal: null },
  ]);
});

test('a mail that the server puts off holds nobody up, does not count towards the circuit, and goes out later', async () => {
  const full = await newBooking();
  host.atRecipient.set(OWNER, [[452, 'mailbox full']]);
  const clock = new TestClock();
  const messages = [requested(full), requested(await newBooking())];
  expect(await work(messages, { clock })).toEqual([]);
  expect(clock.pauses).toEqual([]);
  expect(host.to(ANN)).toHaveLength(2);
  expect(host.to(OWNER)).toHaveLength(1);
  expect(await rows(full)).toMatchObject([
    { mail: 'traveler requested', status: 'sent' },
    { mail: 'owner requested', status: 'waiting', refusal: '452 mailbox full' },
  ]);
  // It is not its event's any more, and not yet due.
  await work(messages);
  await deliveryOver().sendDue(NEVER);
  expect(host.to(OWNER)).toHaveLength(1);
  await passMinutes(1, full);
  deliveryOver().start();
  const settled = await until(
    () => rows(full),
    (mails) => mails.every(({ status }) => status !== 'waiting'),
  );
  expect(settled).toMatchObject([{ status: 'sent' }, { status: 'sent', refusal: null }]);
  expect(host.to(OWNER)).toHaveLength(2);
});

test('what follows a mail that was put off goes out behind it, also where that is given up, in whichever process', async () => {
  const id = await newBooking();
  host.atRecipient.set(OWNER, Array(3).fill([452, 'mailbox full']));
  await work([requested(id)]);
  await work([updated(id, 'ACCEPTED', 2)]);
  expect(host.to(OWNER)).toEqual([]);
  expect(host.to(ANN)).toHaveLength(2);
  await passMinutes(14, id);
  await deliveryOver().sendDue(NEVER);
  expect((await rows(id)).map(({ status }) => status)).toEqual(['sent', 'waiting', 'sent', 'waiting']);
  await passMinutes(2, id);
  await deliveryOver().sendDue(NEVER);
  expect(await rows(id)).toMatchObject([
    { mail: 'traveler requested', status: 'sent' },
    { mail: 'owner requested', status: 'refused', refusal: 'put off for too long: 452 mailbox full' },
    { mail: 'traveler accepted', status: 'sent' },
    { mail: 'owner accepted', status: 'sent' },
  ]);
  // As docs/listeners.md says to do it.
  await database.query(
    `UPDATE email_notification.mails
     SET status = 'waiting', refusal = NULL, settled_at = NULL, deferred_since = NULL, next_try_at = now()
     WHERE booking_id = $1 AND status = 'refused'`,
    [id],
  );
  await deliveryOver().sendDue(NEVER);
  expect(subjects().at(-1)).toBe(`${OWNER}: New request: Luxury Beach Villa`);
});

test('while the server is away, mails that were put off wait, and none is given up for that', async () => {
  const id = await newBooking();
  host.atRecipient.set(OWNER, [[452, 'mailbox full']]);
  await work([requested(id)]);
  await host.down();
  await passMinutes(20, id);
  await expect(deliveryOver().sendDue(NEVER)).rejects.toThrow(InfrastructureFailure);
  await host.up();
  await passMinutes(1, id);
  await deliveryOver().sendDue(NEVER);
  expect((await rows(id)).map(({ status }) => status)).toEqual(['sent', 'sent']);
});

test('once it is to end, no further mail is begun, and the next process sends the rest', async () => {
  const id = await newBooking();
  const stop = new AbortController();
  host.beforeAnswer = async () => stop.abort();
  await work([requested(id)], { ending: stop.signal });
  expect((await rows(id)).map(({ status }) => status)).toEqual(['sent', 'waiting']);
  await passMinutes(0, id);
  await deliveryOver().sendDue(stop.signal);
  expect(host.to(OWNER)).toEqual([]);
  await work([requested(id)]);
  expect(host.to(ANN)).toHaveLength(1);
  expect(host.to(OWNER)).toHaveLength(1);
});

test('who has no address is on record, and the other one gets their mail', async () => {
  const id = await newBooking({ traveler: 'nobody' });
  expect(await work([requested(id, { value: { travelerId: 'nobody' } })])).toEqual([]);
  expect(await rows(id)).toMatchObject([
    { mail: 'traveler requested', status: 'no-address' },
    { mail: 'owner requested', status: 'sent' },
  ]);
});

test('a process that ends between committing an event and sending leaves the mails to the next one', async () => {
  const id = await newBooking();
  expect(await attempt(transactions, 'mail', emailNotification, [opened(requested(id))])).toMatchObject({
    done: 1,
  });
  expect(host.taken).toEqual([]);
  await work([requested(id)]);
  expect(subjects()).toHaveLength(2);
});

test('where Postgres goes away right after the server’s answer, the mail is not sent again', async () => {
  const id = await newBooking();
  const journal = pool();
  let failures = 2;
  const flaky: Transactions = {
    ...journal,
    run: (work) =>
      journal.run(({ query }) =>
        work({
          query: (text, values) => {
            if (!text.startsWith('UPDATE') || failures === 0) return query(text, values);
            failures -= 1;
            throw new DatabaseAway('Postgres: gone');
          },
        }),
      ),
  };
  expect(await work([requested(id)], { delivery: deliveryOver(flaky) })).toEqual([]);
  expect(failures).toBe(0);
  expect(subjects()).toHaveLength(2);
  expect((await rows(id)).map(({ status }) => status)).toEqual(['sent', 'sent']);
});

test('of two processes with one event in hand, the second waits at the mail and sends nothing', async () => {
  const event = opened(requested(await newBooking()));
  await attempt(transactions, 'mail', emailNotification, [event]);
  let answer: () => void = () => undefined;
  host.beforeAnswer = () =>
    new Promise((resolve) => {
      answer = resolve;
      host.beforeAnswer = async () => undefined;
    });
  const first = deliveryOver().deliver(event, NEVER);
  await until(
    () => host.taken.length,
    (count) => count === 1,
  );
  const second = deliveryOver().deliver(event, NEVER);
  await until(
    () =>
      database.query(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'test mail'",
      ),
    (waiting) => waiting.length === 1,
  );
  answer();
  await Promise.all([first, second]);
  expect(subjects()).toEqual([
    `${ANN}: Request sent: Luxury Beach Villa`,
    `${OWNER}: New request: Luxury Beach Villa`,
  ]);
});

test('a wrong password is waited for like a server that is away', async () => {
  const id = await newBooking();
  host.password = 'another';
  const event = opened(requested(id));
  await attempt(transactions, 'mail', emailNotification, [event]);
  await expect(deliveryOver().deliver(event, NEVER)).rejects.toThrow(InfrastructureFailure);
  expect((await rows(id)).map(({ status }) => status)).toEqual(['waiting', 'waiting']);
});

test('a delivery begins and ends with its group, and is told to stop before what is in hand is waited for', async () => {
  const told: string[] = [];
  const runner = new GroupRunner(
    {
      ...emailNotification,
      openDelivery: () => ({
        deliver: async () => true,
        start: () => void told.push('start'),
        stop: () => void told.push('stop'),
        close: async () => void told.push('close'),
      }),
    },
    {
      config: readConfig({ NODE_ENV: 'test', DATABASE_URL: database.url }),
      kafka: { admin: { ensureTopics: () => Promise.reject(new Error('away')) } } as unknown as Kafka,
      ...{ transactions, permits: new Permits(1), logger },
    },
  );
  const running = runner.run();
  runner.stop();
  expect(told).toEqual(['start', 'stop']);
  await running;
  expect(told).toEqual(['start', 'stop', 'close']);
});

test('what happened before the group was there is mailed to nobody; what happens to the same booking now is', async () => {
  const id = await newBooking();
  await work([requested(id, { time: '2026-01-01T00:00:00.000Z' })]);
  expect(await rows(id)).toEqual([]);
  await work([updated(id, 'REJECTED', 2, { value: { status: 'CANCELLED', reason: 'Roof repair' } })]);
  expect(subjects()).toEqual([
    `${ANN}: Not accepted: Luxury Beach Villa`,
    `${OWNER}: Rejected: Luxury Beach Villa`,
  ]);
  expect(host.to(ANN)[0]).toContain('Reason   Roof repair');
});

test('a message about a booking that is not there is parked', async () => {
  expect(await work([requested('BKG-NONE')])).toEqual(['refused: there is no booking BKG-NONE']);
});

test('without a mail server, mails land in the development mailbox, also where there is no address', async () => {
  const id = await newBooking({ traveler: 'ben' });
  const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: database.url });
  const delivery = openMailDelivery(config, logger);
  const event = opened(requested(id, { value: { travelerId: 'ben' } }));
  await attempt(transactions, 'mail', emailNotification, [event]);
  await delivery.deliver(event, NEVER);
  await delivery.close();
  expect(
    await database.query('SELECT sender, recipient, subject FROM email_notification.dev_mailbox ORDER BY id'),
  ).toEqual([
    {
      ...{ sender: 'Bookings <bookings@localhost>', recipient: '<ben@mailbox.invalid>' },
      subject: 'Request sent: Luxury Beach Villa',
    },
    {
      ...{ sender: 'Bookings <bookings@localhost>', recipient: `<${OWNER}>` },
      subject: 'New request: Luxury Beach Villa',
    },
  ]);
});

test('production names the settings that are missing', () => {
  const production = {
    ...{ NODE_ENV: 'production', ROLE: 'consumers', AUTH_JWKS_URL: 'https://id.example/keys' },
    ...{ DATABASE_URL: database.url, TEMPORAL_ADDRESS: 'x:1', KAFKA_BROKERS: 'x:1' },
  };
  const open = (env: object) => openMailDelivery(readConfig({ ...production, ...env }), logger);
  expect(() => open({})).toThrow(ConfigError);
  expect(() => open({})).toThrow('SMTP_URL and MAIL_FROM: email-notification-group needs');
  expect(() => open({ SMTP_URL: 'smtp://mail' })).toThrow('MAIL_FROM: ');
  expect(() => readConfig({ SMTP_URL: 'mail.example.com:587' })).toThrow('SMTP_URL: must be the address');
  expect(() => readConfig({ MAIL_FROM: 'Bookings' })).toThrow('MAIL_FROM: must be an address');
});
