import { NUDGING, TopicNudges } from '../../api/live/topic-nudges';
import { eventsSettled } from '../../consumers/runner/metrics';
import { topicName } from '../../domain/topics';
import { createLogger } from '../../platform/logger';
import { type OwnBroker, ownBroker } from '../support/own-broker';
import { until } from '../support/until';
import { RunnerWorld } from './runner-world';

let broker: OwnBroker;
let world: RunnerWorld;
beforeAll(async () => {
  broker = await ownBroker();
  await broker.start();
  world = await RunnerWorld.create(broker.address);
}, 120_000);
afterAll(async () => {
  await world.close();
  await broker.remove();
});

test('a group that lost its broker says so, and goes on where it was when the broker is back', async () => {
  const runner = world.start();
  await world.send([{ id: 'event-1', key: 'one' }]);
  await world.effects(1);
  await world.untilSettled();
  await broker.stop();
  await until(
    () => runner.trouble,
    (trouble) => trouble?.includes('not reading') ?? false,
  );

  await broker.start();
  await world.send([{ id: 'event-2', key: 'one' }]);
  expect(await world.effects(2)).toEqual(['event-1', 'event-2']);
  expect(runner.trouble).toBeUndefined();
  const { values } = await eventsSettled.get();
  expect(values.filter(({ labels, value }) => labels.outcome === 'duplicate' && value > 0)).toEqual([]);
}, 150_000);

test('whoever nudges live streams knows that the broker is away, and hears again when it is back', async () => {
  const { kafka, config } = world;
  const heard: string[] = [];
  const nudges = new TopicNudges({ kafka, renames: config, logger: createLogger('silent', 'test') });
  nudges.listen((bookingId) => heard.push(bookingId));
  // Nor is there anything to be heard before the bridge has made the topics.
  await kafka.admin.ensureTopics(
    NUDGING.map((topic) => ({
      ...{ name: topicName(topic, config), partitions: 1, replication: 1, retentionMs: 3_600_000 },
    })),
  );
  const isHeard = (wanted: boolean) =>
    until(
      () => nudges.isHeard,
      (is) => is === wanted,
    );
  await isHeard(true);
  await broker.stop();
  await isHeard(false);
  await broker.start();
  await isHeard(true);
  const value = (bookingId: unknown) => JSON.stringify({ bookingId });
  await world.send(
    [
      { id: 'event-3', key: 'one', value: 'not JSON' },
      { id: 'event-4', key: 'one', value: value(null) },
      { id: 'event-5', key: 'one', value: value('BKG-1') },
    ],
    config.KAFKA_RESPONSE_TOPIC,
  );
  await until(
    () => heard,
    (ids) => ids.length > 0,
  );
  expect(heard).toEqual(['BKG-1']);
  await nudges.stop();
}, 150_000);
