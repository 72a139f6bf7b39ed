import { Hands } from '../../consumers/runner/hands';
import type { IncomingMessage, PartitionBatch } from '../../platform/kafka/port';

const message = (offset: string, timestamp: number): IncomingMessage => ({
  ...{ topic: 'things', partition: 0, offset, timestamp, key: 'one', value: '{}', headers: {} },
});
const batch = (messages: readonly IncomingMessage[]): PartitionBatch => ({
  ...{ topic: 'things', partition: 0, messages, ending: new AbortController().signal },
  settled: async () => undefined,
});

test('the oldest message in hand is told, over all partitions', () => {
  const hands = new Hands(() => 0);
  const [young, old] = [message('7', 2_000), message('3', 1_000)];
  const [first, second] = [batch([young]), batch([old])];
  expect(hands.oldest).toBeUndefined();
  hands.note(first, young);
  hands.note(second, old);
  expect(hands.oldest).toBe(1_000);
  hands.note(second, undefined);
  expect(hands.oldest).toBe(2_000);
});

test('a message that nothing has moved for 100 s has stalled', () => {
  let now = 0;
  const hands = new Hands(() => now);
  const stuck = message('7', 0);
  const work = batch([stuck]);
  hands.note(work, stuck);
  now = 100_000;
  expect(hands.stalled).toBeUndefined();
  now = 100_001;
  expect(hands.stalled).toBe(stuck);
  hands.note(work, stuck); // another try
  expect(hands.stalled).toBeUndefined();
});
