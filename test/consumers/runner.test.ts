import { Client } from 'pg';
import { holdGroup } from '../../consumers/runner/hold';
import { DatabaseAway } from '../../platform/database/transactions';
import { arm, disarm } from '../../platform/failpoint';
import { deadLetterHeaders } from '../../platform/messages/headers';
import { hostOf, tcpProxy, throughProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import { enter, envelopeOf, RunnerWorld, TestClock } from './runner-world';

let world: RunnerWorld;
beforeEach(async () => {
  world = await RunnerWorld.create();
});
afterEach(async () => {
  disarm('consumer.handled');
  await world.close();
});

const ids = (count: number) => Array.from({ length: count }, (_, n) => `event-${String(n).padStart(3, '0')}`);
const twice = (list: readonly string[]) => [...list, ...list];

test.each([false, true])(
  'an event that is delivered again has its effect once (whole batches: %s)',
  async (batch) => {
    await world.send(twice(ids(60)).map((id, n) => ({ id, key: `key-${n % 7}` })));
    world.start(enter, { batch });
    await world.untilSettled();
    await world.send(ids(60).map((id) => ({ id, key: 'again' })));
    await world.untilSettled();
    expect((await world.effects(60)).sort()).toEqual(ids(60));
  },
);

test('a message that can never be handled is parked with what became of it, and the rest goes on in order', async () => {
  const clock = new TestClock();
  const tried: string[] = [];
  world.start(
    async (event, transaction) => {
      tried.push(event.eventId);
      await enter(event, transaction);
      if (event.eventId === 'event-003') throw new Error('no such property');
      return 'done';
    },
    { clock },
  );
  await world.send(ids(6).map((id) => ({ id, key: 'one' })));

  expect(await world.effects(5)).toEqual(ids(6).filter((id) => id !== 'event-003'));
  expect(tried.filter((id) => id === 'event-003')).toHaveLength(6);
  expect(clock.pauses).toEqual([100, 200, 400, 800, 1_600]);
  const [letter, ...more] = await world.deadLetters(1);
  expect(more).toEqual([]);
  expect(letter).toMatchObject({
    key: 'one',
    value: '{"n":1}',
    headers: {
      ce_id: 'event-003',
      ce_factid: 'fact-event-003',
      dlq_group: `${world.config.CONSUMER_GROUP_PREFIX}things`,
      dlq_reason: 'failed',
      dlq_error: 'Error: no such property',
      dlq_attempts: '6',
      dlq_topic: world.topic,
      dlq_partition: expect.stringMatching(/^[0-2]$/),
      dlq_offset: '3',
    },
  });
  expect(deadLetterHeaders.safeParse(letter?.headers).error).toBeUndefined(); // as published
});

test('a group whose view is being made anew waits without failing, and goes on afterwards', async () => {
  const clock = new TestClock();
  const rebuild = new Client({ connectionString: world.database.url });
  await rebuild.connect();
  await rebuild.query('BEGIN');
  const transaction = {
    query: async (text: string, values: readonly unknown[] = []) =>
      (await rebuild.query<never>(text, [...values])).rows,
  };
  await holdGroup(transaction, `${world.config.CONSUMER_GROUP_PREFIX}things`, 1_000);
  await world.send(ids(3).map((id) => ({ id, key: 'one' })));
  world.start(enter, { clock });
  await until(
    () => clock.pauses.length,
    (pauses) => pauses > 3,
  );
  expect(new Set(clock.pauses)).toEqual(new Set([1_000])); // neither a step of the ladder nor the circuit's
  await rebuild.query('COMMIT');
  await rebuild.end();
  expect(await world.effects(3)).toEqual(ids(3));
  expect(await world.deadLetters(0)).toEqual([]);
});

test('a poison among a whole batch is parked alone', async () => {
  const clock = new TestClock();
  await world.send(ids(40).map((id) => ({ id, key: 'one' })));
  world.start(
    async (event, transaction) => {
      await enter(event, transaction);
      if (event.eventId === 'event-017') throw new Error('poison');
      return 'done';
    },
    { clock, batch: true },
  );
  expect(await world.deadLetters(1)).toMatchObject([{ headers: { ce_id: 'event-017', dlq_attempts: '6' } }]);
  await world.untilSettled();
  expect((await world.effects(39)).sort()).toEqual(ids(40).filter((id) => id !== 'event-017'));
});

test('a handler that fails for a while climbs the ladder and succeeds', async () => {
  const clock = new TestClock();
  let failures = 3;
  world.start(
    async (event, transaction) => {
      await enter(event, transaction);
      failures -= 1;
      if (failures >= 0) throw new Error('not yet');
      return 'done';
    },
    { clock },
  );
  await world.send([{ id: 'event-1', key: 'one' }]);
  expect(await world.effects(1)).toEqual(['event-1']);
  expect(clock.pauses).toEqual([100, 200, 400]);
});

test('what does not fit its schema, is no JSON or comes without an envelope is parked at once', async () => {
  const clock = new TestClock();
  world.start(enter, { clock });
  await world.send([
    { id: 'unfit', key: 'one', value: '{"n":"many"}' },
    { id: 'not-json', key: 'one', value: '{"n":' },
    { id: 'bare', key: 'one', headers: {} },
    { id: 'newer', key: 'one', value: '{"n":1,"colour":"red"}' },
  ]);
  expect(await world.effects(1)).toEqual(['newer']);
  const letters = await world.deadLetters(3);
  expect(letters.map(({ headers }) => [headers.dlq_reason, headers.dlq_attempts])).toEqual([
    ['unfit', '0'],
    ['not-json', '0'],
    ['not-an-event', '0'],
  ]);
  expect(clock.pauses).toEqual([]);
});

test('what is parked is what came, to the byte: no key, no value, what is no text, a header that comes twice', async () => {
  const latin1 = Buffer.from('{"name":"Zo\xeb"}', 'latin1');
  const headers = { trace: [Buffer.from([0xff, 0x00]), Buffer.from('last')], empty: '' };
  const producer = world.kafka.producer();
  await producer.sendBatch(
    [
      { topic: world.topic, key: null, value: null, headers },
      { topic: world.topic, key: Buffer.from([0xfe]), value: latin1, headers: {} },
    ],
    10_000,
  );
  await producer.cut();
  world.start();
  const letters = await world.deadLetters(2);
  const tombstone = letters.find(({ value }) => value === undefined);
  expect(tombstone).toMatchObject({
    ...{ key: undefined, headers: { trace: 'last', empty: '', dlq_reason: 'not-an-event' } },
    raw: { key: null, value: null, headers: { trace: headers.trace } },
  });
  const other = letters.find((letter) => letter !== tombstone);
  expect(other?.raw).toMatchObject({ key: Buffer.from([0xfe]), value: latin1 });
});

test('what a handler refuses is parked without another try, and nothing of it is written', async () => {
  const clock = new TestClock();
  world.start(
    async (event, transaction) => {
      await enter(event, transaction);
      return { park: 'the user was erased' };
    },
    { clock },
  );
  await world.send([{ id: 'event-1', key: 'one' }]);
  expect(await world.deadLetters(1)).toMatchObject([
    { headers: { dlq_reason: 'refused', dlq_error: 'the user was erased', dlq_attempts: '1' } },
  ]);
  await world.untilSettled();
  expect(await world.effects(0)).toEqual([]);
});

test('a replayed dead letter is handled, and only once', async () => {
  let mended = false;
  const clock = new TestClock();
  world.start(
    async (event, transaction) => {
      if (!mended) throw new Error('defect');
      return enter(event, transaction);
    },
    { clock },
  );
  const sent = { id: 'event-1', key: 'one', headers: envelopeOf('event-1') };
  await world.send([sent]);
  await world.deadLetters(1);
  mended = true;
  await world.send([sent, sent]);
  await world.untilSettled();
  expect(await world.effects(1)).toEqual(['event-1']);
});

test('when Postgres goes away the circuit opens and nothing is parked; when it is back, all goes on', async () => {
  const clock = new TestClock();
  const proxy = await tcpProxy(hostOf(world.database.url));
  let cut = false;
  const cutInTheMiddle: typeof enter = async (event, transaction) => {
    if (event.eventId === 'event-003' && !cut) {
      cut = true;
      proxy.cut();
    }
    return enter(event, transaction);
  };
  try {
    const url = throughProxy(world.database.url, proxy);
    const runner = world.start(cutInTheMiddle, { clock, databaseUrl: url });
    await world.send(ids(10).map((id) => ({ id, key: 'one' })));
    await until(
      () => ({ trouble: runner.trouble, trials: clock.pauses.filter((ms) => ms === 30_000).length }),
      ({ trouble, trials }) => trials >= 3 && (trouble?.includes('the circuit has been open') ?? false),
    );
    // What comes in other partitions meanwhile waits as well.
    await world.send(ids(20).map((id, n) => ({ id, key: `key-${n}` })));
    proxy.restore();
    expect((await world.effects(20)).sort()).toEqual(ids(20));
    await world.untilSettled();
    expect(runner.trouble).toBeUndefined();
  } finally {
    await proxy.close();
  }
  expect(clock.pauses.slice(0, 9)).toEqual([100, 200, 400, 800, 1_600, 1_600, 1_600, 1_600, 1_600]);
  expect(await world.deadLetters(0)).toEqual([]);
});

test('where even the dead letters cannot be written, nothing is committed, and it is tried until they can', async () => {
  const clock = new TestClock();
  let refusals = 25;
  const kafka = {
    ...world.kafka,
    producer() {
      const producer = world.kafka.producer();
      return {
        ...producer,
        unsettled: false,
        cut: () => producer.cut(),
        async sendBatch(...sent: Parameters<typeof producer.sendBatch>) {
          refusals -= 1;
          if (refusals >= 0) {
            const lags = await world.kafka.admin.lagOf(`${world.config.CONSUMER_GROUP_PREFIX}things`, [
              world.topic,
            ]);
            uncommitted.push(lags.reduce((sum, { lag }) => sum + lag, 0));
            throw new Error('UNKNOWN_TOPIC');
          }
          await producer.sendBatch(...sent);
        },
      };
    },
  };
  const uncommitted: number[] = [];
  world.start(enter, { clock, kafka });
  await world.send([
    { id: 'unfit', key: 'one', value: '{}' },
    { id: 'behind', key: 'one' },
  ]);
  expect(await world.effects(1)).toEqual(['behind']);
  expect(uncommitted).toEqual(Array(25).fill(2));
  expect(await world.deadLetters(1)).toHaveLength(1);
  // Ten failures in a row opened the circuit, and every trial after that failed.
  expect(clock.pauses.filter((ms) => ms === 30_000).length).toBeGreaterThanOrEqual(15);
});

test('two members share the partitions, and one that joins in the middle of a batch causes no double effect', async () => {
  const handled = { first: 0, second: 0 };
  const slowly =
    (who: 'first' | 'second') =>
    async (...[event, transaction]: Parameters<typeof enter>) => {
      handled[who] += 1;
      // Keeps the transaction open for a moment, so that a rebalance comes upon work in hand.
      await transaction.query('SELECT pg_sleep(0.01)::text');
      return enter(event, transaction);
    };
  const all = ids(600);
  await world.send(all.map((id, n) => ({ id, key: `key-${n % 50}` })));
  world.start(slowly('first'));
  await world.effects(20);
  world.start(slowly('second'));
  await world.effects(600);
  await world.untilSettled();
  expect((await world.effects(600)).sort()).toEqual(all);
  expect(handled.second).toBeGreaterThan(0);
  expect(handled.first).toBeGreaterThan(0);
});

test('a slow partition keeps nobody else waiting', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.start(async (event, transaction) => {
    if (event.key === 'slow') await held;
    return enter(event, transaction);
  });
  try {
    await world.send([{ id: 'slow-1', key: 'slow' }]);
    // One after the other, so that each has to be fetched while the slow one is in hand; `other-0` goes to another partition.
    for (const [n, id] of ids(5).entries()) {
      await world.send([{ id, key: 'other-0' }]);
      await world.effects(n + 1);
    }
  } finally {
    release();
  }
  expect(await world.effects(6)).toEqual([...ids(5), 'slow-1']);
});

test('work in hand is finished and committed before a member leaves', async () => {
  let reached: () => void = () => undefined;
  const inHand = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let calls = 0;
  world.start(async (event, transaction) => {
    calls += 1;
    reached();
    await transaction.query('SELECT pg_sleep(0.3)::text');
    return enter(event, transaction);
  });
  await world.send(ids(20).map((id) => ({ id, key: 'one' })));
  await inHand;
  await world.stopAll();
  const after = await world.effects(1);
  expect(after).toEqual(ids(20).slice(0, calls));
  expect(calls).toBeLessThan(20);
  const [lag] = await world.kafka.admin.lagOf(`${world.config.CONSUMER_GROUP_PREFIX}things`, [world.topic]);
  expect(lag?.lag).toBe(20 - calls);
});

test('an event whose commit was not answered is not handled again', async () => {
  let lost = 3;
  arm('consumer.handled', async () => {
    lost -= 1;
    if (lost >= 0) throw new DatabaseAway('Postgres: Connection terminated unexpectedly');
  });
  const clock = new TestClock();
  world.start(enter, { clock });
  await world.send([{ id: 'event-1', key: 'one' }]);
  await world.untilSettled();
  expect(await world.effects(1)).toEqual(['event-1']);
  expect(clock.pauses).toEqual([100, 200, 400]);
});
