import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafka } from '../../platform/kafka/open-kafka';
import { KafkaAway, type OutgoingMessage } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';
import { type RunningKafka, startKafka } from '../../scripts/stack/kafka';
import { freePort } from '../../scripts/stack/ports';
import { addItem } from '../support/bookings';
import { Listener, RelayWorld, until } from './relay-world';
import { openAndConfirm } from './story';

/* With a broker of its own, since it is stopped and frozen here. */

jest.setTimeout(120_000); // a broker takes its time to shut down on a busy machine

let folder: string;
let port: number;
let broker: RunningKafka;
let world: RelayWorld;

const startBroker = () => startKafka({ port, folder: join(folder, 'kafka'), say: () => undefined });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'booking-saga-outage-'));
  port = await freePort();
  broker = await startBroker();
});
afterAll(async () => {
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  world = await RelayWorld.create({ brokers: `127.0.0.1:${port}` });
});
afterEach(() => world.close());

test('while Kafka is away bookings go on; when it is back all is told, in order', async () => {
  const relay = await world.startRelay();
  await world.untilTopics();
  const item = await addItem(world.database, 'A');
  const bookings = [await openAndConfirm(world.database, item)];
  await world.untilOutboxEmpty();

  await broker.stop();
  for (let count = 0; count < 5; count += 1) bookings.push(await openAndConfirm(world.database, item));
  await until('the relay says that Kafka is away', async () =>
    /^Kafka is away since /.test((await relay.trouble?.()) ?? ''),
  );
  expect(await world.outboxRows()).toBe(25);

  broker = await startBroker();
  await world.untilOutboxEmpty();
  const listener = await world.listen();
  await listener.untilHeard(bookings.length * 4);
  for (const { request } of bookings) {
    expect(listener.sequences(world.config.KAFKA_REQUEST_TOPIC, request.bookingId)).toEqual([1]);
    expect(listener.sequences(world.config.KAFKA_RESPONSE_TOPIC, request.bookingId)).toEqual([2, 3, 5]);
  }
  expect(await relay.trouble?.()).toBeUndefined();
});

test('a relay that starts while Kafka is away says so and waits for it', async () => {
  broker.kill();
  await broker.ended;
  const relay = await world.startRelay();
  await until('it says so', async () => ((await relay.trouble?.()) ?? '').startsWith('Kafka is away'));
  await openAndConfirm(world.database, await addItem(world.database, 'A'));
  broker = await startBroker();
  await world.untilOutboxEmpty();
  const listener = await world.listen();
  await listener.untilHeard(4);
});

test('a batch that a frozen broker got and did not acknowledge is there once after its resend', async () => {
  const logger = createLogger('silent', 'test');
  const kafka = openKafka({ brokers: [`127.0.0.1:${port}`], clientId: 'test', logger });
  const topic = world.config.KAFKA_RESPONSE_TOPIC;
  await kafka.admin.ensureTopics([{ name: topic, partitions: 3, replication: 1, retentionMs: 3_600_000 }]);
  const producer = kafka.producer();
  const message = (n: number): OutgoingMessage => ({ topic, key: `k${n % 5}`, value: `${n}`, headers: {} });
  await producer.sendBatch([message(0)], 10_000);

  const batch = [1, 2, 3, 4, 5, 6].map(message);
  process.kill(broker.pid, 'SIGSTOP');
  try {
    await expect(producer.sendBatch(batch, 1_000)).rejects.toThrow(KafkaAway);
    expect(producer.unsettled).toBe(true);
    await expect(producer.sendBatch([message(7)], 1_000)).rejects.toThrow(/only that one/);
  } finally {
    process.kill(broker.pid, 'SIGCONT');
  }
  await producer.sendBatch(batch, 10_000);
  expect(producer.unsettled).toBe(false);
  await producer.sendBatch([message(7)], 10_000);
  await producer.cut();

  const listener = new Listener();
  const watching = await kafka.watch({
    topics: [topic],
    fromBeginning: true,
    onMessage: (heard) => listener.heard.push(heard),
    onCrash: () => undefined,
  });
  await until('the last one was heard', async () => listener.heard.some(({ value }) => value === '7'));
  await watching.stop();
  expect(listener.heard.map(({ value }) => value).sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
});
