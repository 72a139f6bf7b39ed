import { eventsSettled } from '../../consumers/runner/metrics';
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
  expect(values.filter(({ labels }) => labels.outcome === 'duplicate')).toEqual([]);
}, 150_000);
