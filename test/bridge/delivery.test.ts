import { Delivery } from '../../bridge/delivery';
import { Outage } from '../../bridge/outage';
import { type OutboxRow, subjectOf } from '../../bridge/outbox-queries';
import type { RelaySession } from '../../bridge/relay-session';
import { BatchRefused, type KafkaProducer, type OutgoingMessage } from '../../platform/kafka/port';
import { createLogger } from '../../platform/logger';

/* What happens to a batch that the broker refuses as a whole because of one row in it. */

const logger = createLogger('silent', 'test');

/** Rows `booking/number`, of an item where the letter is large; the broker refuses every batch that holds one of `poison`. */
function scene(poison: readonly string[]) {
  const sent: string[][] = [];
  const deleted: string[] = [];
  const refused: string[] = [];
  const session = {
    lost: new AbortController().signal,
    get provenAt() {
      return performance.now();
    },
    async query(text: string, [first]: unknown[] = []) {
      if (text.startsWith('DELETE')) deleted.push(...(first as string[]));
      if (text.startsWith('UPDATE')) refused.push(first as string);
      return [];
    },
    close: async () => undefined,
  } as RelaySession;
  const producer: KafkaProducer = {
    unsettled: false,
    async sendBatch(messages) {
      const values = messages.map(({ value }) => String(value));
      if (values.some((value) => poison.includes(value))) throw new BatchRefused('MESSAGE_TOO_LARGE');
      sent.push(values);
    },
    cut: async () => undefined,
  };
  const delivery = new Delivery({
    session,
    producer,
    deadlineMs: 1_000,
    say: (row): OutgoingMessage[] =>
      row.id.endsWith('note') ? [] : [{ topic: 't', key: subjectOf(row), value: row.id, headers: {} }],
    kafkaAway: new Outage('Kafka is away', logger),
    prepareKafka: async () => undefined,
    stopping: new AbortController().signal,
    logger,
  });
  const deliver = (...ids: string[]) => delivery.deliver(ids.map(row));
  return { deliver, sent, deleted, refused };
}

function row(id: string): OutboxRow {
  const subject = id.charAt(0);
  const queued = { id, lane: 0, fact_id: id, waited: 0 };
  return subject === subject.toUpperCase()
    ? { ...queued, booking_id: null, item_id: subject, item_fact: null, item: null }
    : { ...queued, booking_id: subject, fact: null, booking: null, details: null };
}

test('a whole batch goes out as one', async () => {
  const { deliver, sent, deleted } = scene([]);
  await deliver('a1', 'b1', 'a2');
  expect(sent).toEqual([['a1', 'b1', 'a2']]);
  expect(deleted).toEqual(['a1', 'b1', 'a2']);
});

test('the refused row is found; the rest goes out in order, without what comes after it in its booking', async () => {
  const { deliver, sent, deleted, refused } = scene(['b2']);
  await deliver('a1', 'b1', 'b2', 'a2', 'b3', 'c1', 'b4', 'c2');
  expect(sent.flat()).toEqual(['a1', 'b1', 'a2', 'c1', 'c2']);
  expect(deleted).toEqual(['a1', 'b1', 'a2', 'c1', 'c2']);
  expect(refused).toEqual(['b2']);
});

test('a refused row about an item stops only what comes after it about that item', async () => {
  const { deliver, sent, refused } = scene(['A1']);
  await deliver('a1', 'A1', 'a2', 'A2', 'B1');
  expect(sent.flat()).toEqual(['a1', 'a2', 'B1']);
  expect(refused).toEqual(['A1']);
});

test('several refused rows are found in one batch', async () => {
  const { deliver, sent, refused } = scene(['a1', 'c1', 'd2']);
  await deliver('a1', 'a2', 'b1', 'c1', 'd1', 'd2', 'd3', 'e1');
  expect(sent.flat()).toEqual(['b1', 'd1', 'e1']);
  expect(refused).toEqual(['a1', 'c1', 'd2']);
});

test('rows that nobody is told about leave the outbox without a word', async () => {
  const { deliver, sent, deleted } = scene([]);
  await deliver('a-note', 'b-note');
  expect(sent).toEqual([]);
  expect(deleted).toEqual(['a-note', 'b-note']);
});
