import { once } from 'node:events';
import { emailNotification } from '../../consumers/email-notification/group';
import { mailsSettled } from '../../consumers/email-notification/metrics';
import type { Group } from '../../consumers/runner/group';
import { eventsSettled, restarts } from '../../consumers/runner/metrics';
import { GroupRunner } from '../../consumers/runner/run-group';
import { readConfig } from '../../platform/config';
import type { Transactions } from '../../platform/database/transactions';
import { type GroupOptions, type GroupReading, type Kafka, KafkaAway } from '../../platform/kafka/port';
import type { Logger } from '../../platform/logger';
import { Permits } from '../../platform/permits';
import { until } from '../support/until';
import { envelopeOf, TestClock, thingsGroup } from './runner-world';

const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });

/** A runner over a broker and a database that are not there: `read` says what comes of joining the group. */
function runner(group: Group, clock: TestClock, read: (options: GroupOptions) => Promise<GroupReading>) {
  const said: object[] = [];
  const say = (line: object) => said.push(line);
  const logger = {
    child: () => logger,
    info: () => {},
    debug: () => {},
    warn: say,
    error: say,
  } as never as Logger;
  const transactions: Transactions = {
    query: async () => [],
    run: (work) => work({ query: async () => [{ free: true, entered: ['event-1'] }] as never }),
    close: async () => undefined,
  };
  const kafka = {
    read,
    producer: () => ({}),
    admin: { ensureTopics: async () => [], lagOf: async () => [] },
  };
  const settings = {
    config,
    kafka: kafka as never as Kafka,
    transactions,
    permits: new Permits(1),
    logger,
    clock,
  };
  return { runner: new GroupRunner(group, settings), said };
}

const things = thingsGroup('things', async () => 'done');

test('what it counts is there before anything happened, its mails as well', async () => {
  runner(emailNotification, new TestClock(), async () => Promise.reject(new Error('unused')));
  const group = emailNotification.name;
  const settled = (await eventsSettled.get()).values.filter(({ labels }) => labels.group === group);
  expect(settled.map(({ labels, value }) => [labels.outcome, value])).toEqual(
    ['done', 'ignored', 'duplicate', 'parked'].map((outcome) => [outcome, 0]),
  );
  expect((await restarts.get()).values).toContainEqual({ labels: { group }, value: 0 });
  expect((await mailsSettled.get()).values).toContainEqual({ labels: { outcome: 'refused' }, value: 0 });
});

test('it begins anew after half a second, twice as long each time up to half a minute, and from the start after it read', async () => {
  const clock = new TestClock();
  let joins = 0;
  const { runner: away, said } = runner(things, clock, async () => {
    joins += 1;
    if (joins === 12) away.stop();
    if (joins !== 9) throw new KafkaAway('nobody there');
    // It reads for a while, and then the broker hears of it no longer.
    clock.passes(31_000);
    return { crashed: new Promise(() => {}), silentMs: 30_001, stop: async () => undefined };
  });
  await away.run();
  const doubled = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
  expect(clock.pauses).toEqual([...doubled, 500, 1_000, 2_000]);
  expect(away.trouble).toBe('things: not reading: nobody there');
  expect(said).toEqual([{ error: 'the broker has not heard of this member for 30 s' }]);
});

test('a handler that gets no further is told once, and /readyz says where', async () => {
  const clock = new TestClock();
  const reached = new AbortController();
  const release = new AbortController();
  const message = {
    ...{ topic: 'things', partition: 2, offset: '17', timestamp: Date.now(), key: 'one', value: '{"n":1}' },
    headers: envelopeOf('event-1'),
  };
  let working: Promise<void> | undefined;
  const { runner: stalling, said } = runner(
    thingsGroup('things', async () => {
      reached.abort();
      await once(release.signal, 'abort');
      return 'done';
    }),
    clock,
    async ({ onBatch }) => {
      const ending = new AbortController().signal;
      const batch = {
        ...{ topic: 'things', partition: 2, messages: [message], ending },
        settled: async () => {},
      };
      working = onBatch(batch);
      await once(reached.signal, 'abort');
      clock.passes(100_001);
      return { crashed: new Promise(() => {}), silentMs: 0, stop: async () => undefined };
    },
  );
  const running = stalling.run();
  const trouble = 'things: stalled at things, partition 2, offset 17';
  await until(
    () => stalling.trouble,
    (words) => words === trouble,
  );
  release.abort();
  await working;
  expect(stalling.trouble).toBeUndefined();
  stalling.stop();
  await running;
  expect(said).toEqual([{ alert: 'consumer-stalled', topic: 'things', partition: 2, offset: '17' }]);
});
