import { BatchSize } from '../../consumers/runner/batch-size';
import { Circuit } from '../../consumers/runner/circuit';
import { Envelopes } from '../../consumers/runner/envelope';
import { workThrough } from '../../consumers/runner/work-through';
import { DatabaseAway, type Transaction, type Transactions } from '../../platform/database/transactions';
import { createLogger } from '../../platform/logger';
import { Permits } from '../../platform/permits';
import { envelopeOf, TestClock, thingsGroup } from './runner-world';

/** A database where so many events of the group get ready within a transaction. */
function database(eventsInTime: number, why: object, tried: number[]): Transactions {
  const query = (async (text: string, values: readonly unknown[] = []) => {
    if (!text.includes('consumers.inbox')) return [];
    const entered = values[1] as readonly string[];
    tried.push(entered.length);
    if (entered.length > eventsInTime) {
      throw new DatabaseAway('Postgres: canceling', { cause: Object.assign(new Error(), why) });
    }
    return [{ free: true, entered }];
  }) as Transaction['query'];
  return { query, run: (work) => work({ query }), close: async () => undefined };
}

/** @returns how many events were tried together, time after time, until `count` of them were handled */
async function sizesTried(count: number, eventsInTime: number, why: object): Promise<number[]> {
  const tried: number[] = [];
  const clock = new TestClock();
  const group = thingsGroup('things', async () => 'done', true);
  const messages = Array.from({ length: count }, (_, n) => ({
    ...{ topic: 'things', partition: 0, offset: String(n), timestamp: 0, key: 'one', value: '{"n":1}' },
    headers: envelopeOf(`event-${n}`),
  }));
  const ending = new AbortController().signal;
  await workThrough(
    { ...{ topic: 'things', partition: 0, messages, ending }, settled: async () => undefined },
    {
      ...{ group, groupId: 'things', clock, logger: createLogger('silent', 'test'), permits: new Permits(1) },
      ...{ transactions: database(eventsInTime, why, tried), batchSize: new BatchSize() },
      envelopes: new Envelopes(group.topics, { KAFKA_REQUEST_TOPIC: '', KAFKA_RESPONSE_TOPIC: '' }),
      circuit: new Circuit(() => clock.now()),
      deadLetters: { park: () => Promise.reject(new Error('nothing is parked')) },
    },
  );
  return tried;
}

test.each(['57014', '25P04'])(
  'a batch that takes too long is halved, and grows while it does not (%s)',
  async (code) => {
    // After each failure one event by itself shows that the database is there.
    expect(await sizesTried(130, 26, { code })).toEqual([
      100, 1, 50, 1, 25, 26, 27, 1, 13, 14, 15, 16, 17, 1,
    ]);
  },
);

test('one that fails because the database is away is not', async () => {
  expect((await sizesTried(130, 26, { code: '57P01' })).slice(0, 3)).toEqual([100, 1, 100]);
});

test('it never grows past a hundred, nor falls below one', () => {
  const size = new BatchSize();
  size.gotReady(100);
  expect(size.events).toBe(100);
  for (const events of [100, 50, 25, 12, 6, 3, 2]) size.ranOutOfTime(events);
  expect(size.events).toBe(1);
  size.ranOutOfTime(100);
  expect(size.events).toBe(1);
});
