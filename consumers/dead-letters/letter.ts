import type { IncomingMessage } from '../../platform/kafka/port';

/** A dead letter: a message as a group got it, and what became of it. */
export interface Letter {
  /** `<topic>.dlq/<partition>/<offset>`: where it stands. */
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** When the broker got it, milliseconds since the epoch. */
  readonly parkedAt: number;
  /** Who parked it, with the prefix; empty where it does not say, as a letter of somebody else's may. */
  readonly groupId: string;
  readonly reason: string;
  readonly error: string;
  readonly attempts: string;
  /** As it came to the group: topic, place, key, value, and its own headers. */
  readonly message: IncomingMessage;
}

const MARK = 'dlq_';

/** Reads a record of a topic for dead letters. */
export function letterOf(record: IncomingMessage): Letter {
  const { raw: _, ...text } = record;
  const { topic, partition, offset, timestamp, headers } = text;
  const said = (name: string) => headers[MARK + name] ?? '';
  return {
    id: `${topic}/${partition}/${offset}`,
    topic,
    partition,
    offset,
    parkedAt: timestamp,
    groupId: said('group'),
    reason: said('reason'),
    error: said('error'),
    attempts: said('attempts'),
    message: {
      ...text,
      topic: said('topic'),
      partition: Number(said('partition') || -1),
      offset: said('offset') || '-1',
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(MARK))),
    },
  };
}

/**
 * In the order in which their group met them: what is told under one key is in one partition. Across topics there is
 * no order but that of `sequence`, which views go by.
 */
export function inOrder(letters: readonly Letter[]): Letter[] {
  return [...letters].sort(
    (a, b) =>
      a.message.topic.localeCompare(b.message.topic) ||
      a.message.partition - b.message.partition ||
      compare(BigInt(a.message.offset), BigInt(b.message.offset)) ||
      compare(BigInt(a.offset), BigInt(b.offset)),
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
