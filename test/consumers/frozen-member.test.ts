import { fork } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../support/until';
import { enter, RunnerWorld } from './runner-world';

let world: RunnerWorld;
beforeAll(async () => {
  world = await RunnerWorld.create();
});
afterAll(() => world.close());

const EVENTS = 200;

test('a member that is frozen with messages in hand is relieved of them, and does nothing twice when it wakes', async () => {
  const ids = Array.from({ length: EVENTS }, (_, n) => `event-${String(n).padStart(3, '0')}`);
  await world.send(ids.map((id, n) => ({ id, key: `key-${n % 20}` })));
  const { config, topic } = world;
  const frozen = fork(join(__dirname, 'member-process.ts'), {
    execArgv: ['--require', join(__dirname, '..', 'bridge', 'run-typescript.cjs')],
    env: {
      ...process.env,
      ...{ NODE_ENV: 'test', THINGS_TOPIC: topic, DATABASE_URL: config.DATABASE_URL },
      ...{
        KAFKA_BROKERS: config.KAFKA_BROKERS.join(','),
        CONSUMER_GROUP_PREFIX: config.CONSUMER_GROUP_PREFIX,
      },
    },
  });
  try {
    await world.effects(5);
    frozen.kill('SIGSTOP');
    const before = (await world.effects(5)).length;
    expect(before).toBeLessThan(EVENTS);

    // The broker gives the partitions away once it has not heard of the member for fifteen seconds.
    world.start(enter);
    await world.effects(EVENTS);
    await world.untilSettled();

    frozen.kill('SIGCONT');
    // Awake, it finds that nothing of what it had in hand is its own any more, and joins again.
    await until(
      () => world.kafka.admin.describeGroups(),
      (groups) =>
        groups.find(({ groupId }) => groupId === `${config.CONSUMER_GROUP_PREFIX}things`)?.members === 2,
    );
    await world.send([{ id: 'event-last', key: 'key-0' }]);
    // All effects there are, doubles included.
    expect((await world.effects(EVENTS + 1)).sort()).toEqual([...ids, 'event-last']);
  } finally {
    frozen.kill('SIGKILL');
  }
});
