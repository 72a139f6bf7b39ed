import { BatchSize } from '../../consumers/runner/batch-size';
import { Circuit } from '../../consumers/runner/circuit';
import type { Parking } from '../../consumers/runner/dead-letters';
import { Envelopes } from '../../consumers/runner/envelope';
import { type Workplace, workThrough } from '../../consumers/runner/work-through';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import type { IncomingMessage, PartitionBatch } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';
import { Permits } from '../../platform/permits';
import { freshDatabase, type TestDatabase } from '../support/database';
import { enter, envelopeOf, TestClock, thingsGroup } from './runner-world';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.query('CREATE TABLE public.effects (event_id text NOT NULL, at timestamptz DEFAULT now())');
});
afterAll(() => database.close());

const logger = createLogger('silent', 'test');
const POISON = 'event-7';

/** What the broker still has: it hands out everything after what was committed. */
class Partition {
  committed = 0;
  private readonly log: IncomingMessage[] = Array.from({ length: 10 }, (_, n) => ({
    ...{ topic: 'things', partition: 0, offset: String(n), timestamp: 0, key: 'one', value: '{"n":1}' },
    headers: envelopeOf(`event-${n}`),
  }));

  batch(ending = new AbortController().signal): PartitionBatch {
    let settled = this.committed;
    return {
      ...{ topic: 'things', partition: 0, messages: this.log.slice(this.committed), ending },
      settled: async ({ offset }, now = false) => {
        settled = Number(offset) + 1;
        if (now || settled === this.log.length) this.committed = settled;
      },
    };
  }
}

function open(): Transactions {
  return openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 2, timeoutMs: 2_000 },
  });
}

function workplace(
  groupId: string,
  transactions: Transactions,
  onPoison: () => Promise<never>,
  parked: Parking[],
): Workplace {
  const clock = new TestClock();
  const group = thingsGroup(
    'things',
    (event, transaction) => (event.eventId === POISON ? onPoison() : enter(event, transaction)),
    true,
  );
  return {
    ...{ group, groupId, transactions, clock, logger, permits: new Permits(2) },
    envelopes: new Envelopes(group.topics, { KAFKA_REQUEST_TOPIC: '', KAFKA_RESPONSE_TOPIC: '' }),
    circuit: new Circuit(() => clock.now()),
    batchSize: new BatchSize(),
    deadLetters: { park: async (parking) => void parked.push(parking) },
  };
}

test('a message that ends the process whenever it is tried is found, and parked alone', async () => {
  const partition = new Partition();
  const parked: Parking[] = [];
  let lives = 0;
  while (partition.committed < 10 && lives < 20) {
    lives += 1;
    // The process is gone: nobody ever hears of this work again, its pool is never closed, and Postgres rolls it back.
    await new Promise<void>((dies, fails) => {
      const died = () => {
        dies();
        return new Promise<never>(() => undefined);
      };
      workThrough(partition.batch(), workplace('crashing', open(), died, parked)).then(dies, fails);
    });
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test consumers' AND state LIKE 'idle in %'",
    );
  }
  expect(parked).toMatchObject([{ message: { offset: '7' }, reason: 'crashed', attempts: 5 }]);
  const rows = await database.query<{ event_id: string }>('SELECT event_id FROM public.effects');
  expect(rows.map(({ event_id }) => event_id)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9].map((n) => `event-${n}`));
  expect(lives).toBeLessThanOrEqual(9);
});

test('a batch given up in good order does not count as a crash', async () => {
  const partition = new Partition();
  const starts: unknown[] = [];
  const transactions = open();
  for (let time = 0; time < 5; time += 1) {
    const ending = new AbortController();
    const patient: Workplace = {
      ...workplace('patient', transactions, () => Promise.reject(new Error('unused')), []),
      // Away from the first message on, until the group rebalances.
      deadLetters: { park: () => Promise.reject(new Error('unused')) },
      clock: { now: () => 0, pause: async () => ending.abort() },
    };
    const failing = thingsGroup('things', () => Promise.reject(new Error('not yet')), false);
    await workThrough(partition.batch(ending.signal), { ...patient, group: failing });
    starts.push(...(await database.query("SELECT starts FROM consumers.in_hand WHERE group_id = 'patient'")));
  }
  await transactions.close();
  expect(starts).toEqual(Array(5).fill({ starts: 0 }));
});
