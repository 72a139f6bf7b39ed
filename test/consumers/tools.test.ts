import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { inOrder, type Letter, letterOf } from '../../consumers/dead-letters/letter';
import { DeadLetters } from '../../consumers/runner/dead-letters';
import { readConfig } from '../../platform/config';
import type { IncomingMessage } from '../../platform/kafka/port';
import { readRanges } from '../../platform/kafka/read-ranges';
import { type PartitionLag, pastLimits } from '../../scripts/lag/measure';
import { listing } from '../../scripts/listing';
import { readTime, readWanted } from '../../scripts/republish';
import { projectRoot } from '../../scripts/stack/folders';
import { line } from '../../scripts/watch';
import { type Listener, RelayWorld } from '../bridge/relay-world';
import { type Chapter, openAndConfirm, tell } from '../bridge/story';
import { addItem } from '../support/bookings';
import { until } from '../support/until';

const PREFIX = `${randomBytes(4).toString('hex')}-`;
const STATUS = 'booking-status-sync-group';
const PAYMENTS = 'payment.initiated';

let world: RelayWorld;
let listener: Listener;
let first: Chapter;
let second: Chapter;
let requests: string;
let updates: string;

beforeAll(async () => {
  world = await RelayWorld.create();
  requests = world.config.KAFKA_REQUEST_TOPIC;
  updates = world.config.KAFKA_RESPONSE_TOPIC;
  const item = await addItem(world.database, 'PROP-001');
  first = await openAndConfirm(world.database, item);
  second = await openAndConfirm(world.database, item);
  await world.startRelay();
  // payment.initiated is everybody's on this broker: what it says of others is passed over.
  listener = await world.listen([requests, updates, PAYMENTS]);
  await until(
    () => [first, second].map((chapter) => heardOf(updates, chapter).length + paymentsOf(chapter)),
    (counts) => counts.every((count) => count === 4),
  );
  await world.kafka.admin.ensureTopics(
    [requests, updates].map((name) => ({
      ...{ name: `${name}.dlq`, partitions: 3, replication: 1, retentionMs: 3_600_000 },
    })),
  );
});
afterAll(() => world.close());

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
  readonly out: string;
  readonly said: string;
}

/** Runs a command of the product as it ships, and reads its lines of JSON. */
function run(command: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(projectRoot, 'dist', 'scripts', `${command}.js`), ...args], {
    env: { ...process.env, ...world.environment, CONSUMER_GROUP_PREFIX: PREFIX },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, said] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
    // A watch never ends by itself.
    if (command === 'watch' && out.split('\n').length > 4) child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const lines = out.split('\n').filter((text) => text.startsWith('{'));
      resolve({ code, said, out, lines: lines.map((text) => JSON.parse(text) as Record<string, unknown>) });
    });
  });
}

const heardOf = (topic: string, { request }: Chapter) =>
  listener.heard.filter((message) => message.topic === topic && message.key === request.bookingId);
const paymentsOf = ({ request: { bookingId } }: Chapter) =>
  listener.heard.filter(({ topic, value = '' }) => topic === PAYMENTS && value.includes(bookingId)).length;
const statuses = () =>
  world.database.query('SELECT booking_id, state FROM booking_status.bookings ORDER BY booking_id');
const messagesOn = async () =>
  (await world.kafka.admin.describeTopics([requests, updates])).map(({ messages }) => messages);

/** Parks messages as a group's runner does. */
async function park(group: string, ...messages: readonly (IncomingMessage | undefined)[]): Promise<void> {
  const deadLetters = new DeadLetters(world.kafka, PREFIX + group, async () => undefined);
  for (const message of messages) {
    if (!message) throw new Error('nothing was heard');
    await deadLetters.park({ message, reason: 'failed', error: 'Error: no such property', attempts: 6 });
  }
  await deadLetters.close();
}

test('dead letters are replayed by their own group alone, in order and once; the others stay until they are dropped', async () => {
  const [accepted, , confirmed] = heardOf(updates, first);
  const [request] = heardOf(requests, first);
  if (!accepted) throw new Error('nothing was heard');
  await park(
    STATUS,
    confirmed,
    accepted,
    { ...accepted, offset: '99', value: '{"type":"nonsense"}', raw: undefined },
    accepted,
  );
  await park('owner-group', request);
  const before = await messagesOn();

  const ofStatus = ['--group', STATUS, '--json'];
  const [listed, dry, careless] = await Promise.all([
    run('dlq', 'list', '--json'),
    run('dlq', 'replay', ...ofStatus),
    run('dlq', 'drop', ...ofStatus, '--apply'),
  ]);
  expect(listed.lines).toMatchObject([
    { group: `${PREFIX}owner-group`, from: expect.stringContaining(requests) },
    ...Array(4).fill({ group: PREFIX + STATUS, error: 'Error: no such property', settled: null }),
  ]);
  expect(dry).toMatchObject({
    code: 1,
    lines: [...Array(3).fill({ outcome: 'would be tried' }), { outcome: 'failed' }],
  });
  expect(careless).toMatchObject({ code: 2, said: expect.stringContaining('--why is missing') });
  expect(await statuses()).toEqual([]);

  const replayed = await run('dlq', 'replay', ...ofStatus, '--apply', '--by', 'ann');
  expect(replayed).toMatchObject({
    code: 1,
    lines: [
      { outcome: 'replayed', text: 'done' },
      { outcome: 'replayed', text: 'known already' },
      { outcome: 'replayed', text: 'done' },
      { outcome: 'failed', text: expect.stringContaining('unfit: ') },
    ],
  });
  expect(await statuses()).toEqual([{ booking_id: first.request.bookingId, state: 'CONFIRMED' }]);
  expect(await world.database.query('SELECT * FROM owner_service.requests')).toEqual([]);
  expect(await messagesOn()).toEqual(before);

  const unfit = String(replayed.lines[3]?.letter);
  const why = ['--why', 'sent by hand', '--apply'];
  expect(await run('dlq', 'drop', unfit, '--json', ...why)).toMatchObject({ code: 0 });
  const [left, all, shown] = await Promise.all([
    run('dlq', 'list', '--json'),
    run('dlq', 'list', '--all', '--json'),
    run('dlq', 'show', unfit, '--json'),
  ]);
  expect(left.lines).toMatchObject([{ group: `${PREFIX}owner-group` }]);
  expect(all.lines).toHaveLength(5);
  expect(shown.lines).toMatchObject([
    { settled: { outcome: 'dropped', note: 'sent by hand' }, value: '{"type":"nonsense"}' },
  ]);
});

test('a view is made anew from the topic or the event log; what its group has not read is left to it', async () => {
  const wrong = run('rebuild', 'status-group');
  const table = 'booking_status.bookings';
  expect(await run('rebuild', STATUS, '--from', 'topic', '--json')).toMatchObject({
    code: 0,
    said: expect.stringContaining(
      ', 4 left to its members, which have yet to read them; the view is as it was',
    ),
    lines: [{ table, before: 1, after: 1, gone: 0, added: 0 }],
  });
  expect(await run('rebuild', STATUS, '--json', '--with-unread', '--apply')).toMatchObject({
    code: 0,
    lines: [{ before: 1, after: 2, gone: 0, added: 1 }],
  });
  expect(await run('rebuild', STATUS, '--from', 'topic', '--json')).toMatchObject({
    code: 0,
    lines: [{ before: 2, after: 2, gone: 0, added: 0 }],
  });
  expect(await wrong).toMatchObject({ code: 2, said: expect.stringContaining(`There are ${STATUS}, `) });
});

test('what is told again ends with each booking’s newest message, whatever happens meanwhile, and on that topic alone', async () => {
  const [{ sequence: newest }] = [second];
  const at = ['--topic', updates, '--from', '2030-06-01T12:00:00Z', '--json'];
  await world.database.query(
    `INSERT INTO booking.item_events (fact_id, item_id, version, type, actor_id, details, at)
     VALUES ('odd', 'PROP-001', 99, 'item.vanished', 'somebody', '{}', '2030-06-02')`,
  );
  const careless = run('republish', ...at);
  expect(await run('republish', ...at, '--force')).toMatchObject({
    code: 1,
    said: expect.stringContaining('left out: item PROP-001 cannot be told: type is "item.vanished"'),
    lines: expect.arrayContaining([
      { topic: updates, kind: 'booking', id: second.request.bookingId, messages: 3, first: 2, newest },
    ]),
  });
  expect(await careless).toMatchObject({ code: 2, said: expect.stringContaining('--force') });
  expect(await world.outboxRows()).toBe(0);

  // A step that is under way: its row of the outbox has its place already, and is not committed.
  const saga = new Client({ connectionString: world.database.url });
  await saga.connect();
  await saga.query('BEGIN');
  const sql = {
    query: async (text: string, values?: readonly unknown[]) =>
      (await saga.query(text, [...(values ?? [])])).rows,
  };
  await tell(sql as never, second, 'booking.checked-in');
  const again = run('republish', ...at, '--force', '--apply', '--booking', second.request.bookingId);
  await until(
    () =>
      world.database.query(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'booking-saga republish'
           AND wait_event_type = 'Lock' AND datname = current_database()`,
      ),
    (waiting) => waiting.length === 1,
    15_000,
  );
  await saga.query('COMMIT');
  await saga.end();
  expect(await again).toMatchObject({ code: 0, lines: [{ messages: 4 }] });
  const sequences = () => listener.sequences(updates, second.request.bookingId);
  expect(await until(sequences, (heard) => heard.length >= 8)).toEqual([2, 3, 5, 6, 2, 3, 5, 6]);
  await world.untilOutboxEmpty();
  expect(paymentsOf(second)).toBe(1); // of booking.accepted, which is told there as well
  const ids = heardOf(updates, second).map(({ headers }) => headers.ce_id);
  expect(ids.slice(4)).toEqual(ids.slice(0, 4));
});

test('lag is told for each partition; a watch shows one key of several topics', async () => {
  const [lag, plain, letters, check, watch] = await Promise.all([
    run('lag', STATUS, '--json'),
    run('lag', STATUS),
    run('dlq', 'list', '--all'),
    run('lag', '--check', STATUS),
    run('watch', requests, updates, '--key', first.request.bookingId, '--from-beginning', '--json'),
  ]);
  const [, onUpdates] = await messagesOn();
  expect(lag.lines.reduce((sum, { messages }) => sum + Number(messages), 0)).toBe(onUpdates);
  expect(Math.max(...lag.lines.map(({ oldestSeconds }) => Number(oldestSeconds)))).toBeLessThan(300);
  expect(check).toMatchObject({ code: 0, lines: [] });
  // After a pipe, the same without a head, a tab between cells.
  const cells = ({ out }: Ended) =>
    out
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
  expect(cells(plain).map((row) => row.length)).toEqual(lag.lines.map((row) => Object.keys(row).length));
  expect(cells(plain).map(([group]) => group)).toEqual(lag.lines.map(({ group }) => group));
  expect(cells(letters).map(([letter]) => letter)).toEqual(
    Array(5).fill(expect.stringMatching(/\.dlq\/\d+\/\d+$/)),
  );
  const { bookingId } = first.request;
  expect(
    watch.lines
      .slice(0, 4)
      .map(({ topic, key }) => [topic, key])
      .sort(),
  ).toEqual([requests, updates, updates, updates].map((topic) => [topic, bookingId]).sort());
});

test('a reading of ranges begins and ends where it was told to', async () => {
  const ranges = (await world.kafka.admin.rangesOf([updates])).map((range) => ({
    ...range,
    from: range.from + 1n,
  }));
  const read: IncomingMessage[] = [];
  await readRanges(world.kafka, ranges, (message) => read.push(message));
  const wanted = ranges.flatMap(({ partition, from, to }) =>
    Array.from({ length: Number(to > from ? to - from : 0n) }, (_, n) => `${partition}/${from + BigInt(n)}`),
  );
  expect(read.map(({ partition, offset }) => `${partition}/${offset}`).sort()).toEqual(wanted.sort());
  const failing = readRanges(world.kafka, ranges, () => Promise.reject(new Error('enough')));
  await expect(failing).rejects.toThrow('enough');
});

const lag = (group: string, messages: number, oldestSeconds: number): PartitionLag => ({
  ...{ group, topic: 'things', partition: 0, messages, oldestSeconds },
});

test('a group is past its limits by its messages over all partitions, or by its oldest one', () => {
  expect(pastLimits([lag('a', 600, 1), lag('a', 400, 1), lag('b', 600, 1), lag('b', 401, 1)])).toEqual(['b']);
  expect(pastLimits([lag('a', 1, 300), lag('b', 1, 301)])).toEqual(['b']);
});

test('letters are replayed as their group met them, by number and not by text', () => {
  const letter = (topic: string, offset: string): Letter =>
    letterOf({
      ...{ topic: `${topic}.dlq`, partition: 0, offset: '0', timestamp: 0, key: 'one', value: '{}' },
      headers: { ce_id: 'x', dlq_topic: topic, dlq_partition: '0', dlq_offset: offset, dlq_group: 'a' },
    });
  const sorted = inOrder([letter('b', '9'), letter('a', '10'), letter('a', '9')]);
  expect(sorted.map(({ message }) => [message.topic, message.offset])).toEqual([
    ['a', '9'],
    ['a', '10'],
    ['b', '9'],
  ]);
  expect(sorted[0]?.message.headers).toEqual({ ce_id: 'x' });
});

test('times are typed as ISO 8601 or as how long ago, and what cannot be told again is said with what can', () => {
  const now = Date.parse('2027-01-02T00:00:00Z');
  expect(readTime('--from', '12h', now).toISOString()).toBe('2027-01-01T12:00:00.000Z');
  expect(readTime('--to', '2026-11-20T08:00:00Z', now).toISOString()).toBe('2026-11-20T08:00:00.000Z');
  expect(() => readTime('--from', 'yesterday', now)).toThrow('--from is a time such as');
  const config = readConfig({ NODE_ENV: 'test' });
  const asked = (...args: string[]) => readWanted(args, config, now);
  expect(() => asked('--topic', 'bookings', '--from', '1d')).toThrow('--force');
  expect(() => asked('--topic', 'payments', '--from', '1d')).toThrow('There are booking-requests, ');
  expect(() => asked('--topic', 'payment.captured')).toThrow('--from is missing');
  expect(() => asked('--topic', 'payment.captured', '--from', '1d', '--to', '2d')).toThrow(
    '--to is before --from',
  );
  expect(asked('--topic', 'payment.captured', '--from', '1d')).toMatchObject({ force: false, apply: false });
});

test('a listing has no head after a pipe, and a cell no tabs of its own', () => {
  const lines = [{ letter: 'a/0/1', error: 'two\twords\n' }];
  expect(listing(lines, 'tabs')).toBe('a/0/1\ttwo words \n');
  expect(listing(lines, 'json')).toBe('{"letter":"a/0/1","error":"two\\twords\\n"}\n');
  expect(listing(lines, 'table')).toContain('letter');
  expect(listing([], 'table')).toBe('');
});

test('a watched message is time, key and value, with its topic where there are several', () => {
  const message = {
    ...{ topic: 'things', partition: 0, offset: '7', timestamp: 0, key: 'one', value: '{"n":1}' },
    headers: { ce_id: 'x' },
  };
  const time = '1970-01-01T00:00:00.000Z';
  expect(line(message, { topics: ['things'], headers: false })).toBe(`${time}\tone\t{"n":1}\n`);
  expect(line(message, { topics: ['things', 'others'], headers: true })).toBe(
    `${time}\tthings\tone\t{"n":1}\n\t{"ce_id":"x"}\n`,
  );
  expect(JSON.parse(line(message, { topics: [], headers: false, json: true }))).toEqual({
    ...{
      time,
      topic: 'things',
      partition: 0,
      offset: '7',
      key: 'one',
      headers: { ce_id: 'x' },
      value: { n: 1 },
    },
  });
});
