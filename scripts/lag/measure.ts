import { LAG_LIMITS } from '../../consumers/runner/lag';
import type { IncomingMessage, Kafka, OffsetRange } from '../../platform/kafka/port';
import { readRanges } from '../../platform/kafka/read-ranges';

/** A group to look at. */
export interface Reader {
  readonly groupId: string;
  /** Left out: those that it ever committed. */
  readonly topics?: readonly string[];
}

/** What a group has not committed of one partition. */
export interface PartitionLag {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly messages: number;
  /** Since the broker got the oldest of them, seconds; 0 where there is none. */
  readonly oldestSeconds: number;
}

/**
 * Measures how far groups are behind, partition by partition. Reads one message of each partition that has some.
 * @param now milliseconds since the epoch
 * @throws {KafkaAway}
 */
export async function measureLag(
  kafka: Kafka,
  readers: readonly Reader[],
  now: () => number = Date.now,
): Promise<PartitionLag[]> {
  const there = await kafka.admin.topicNames();
  const unread: { readonly groupId: string; readonly range: OffsetRange }[] = [];
  for (const { groupId, topics } of readers) {
    const known = topics?.filter((topic) => there.includes(topic));
    if (known?.length === 0) continue;
    for (const range of await kafka.admin.unreadOf(groupId, known)) unread.push({ groupId, range });
  }
  const oldest = await timesOf(
    kafka,
    unread.map(({ range }) => range),
  );
  return unread.map(({ groupId, range }) => {
    const { topic, partition, from, to } = range;
    const time = oldest.get(placeOf(topic, partition, from));
    return {
      ...{ group: groupId, topic, partition, messages: Number(to - from) },
      oldestSeconds: time === undefined ? 0 : Math.max(0, Math.round((now() - time) / 1_000)),
    };
  });
}

/** When the broker got the first message of each range. */
async function timesOf(kafka: Kafka, ranges: readonly OffsetRange[]): Promise<ReadonlyMap<string, number>> {
  const filled = ranges.filter(({ from, to }) => from < to);
  const wanted = new Set(filled.map(({ topic, partition, from }) => placeOf(topic, partition, from)));
  const times = new Map<string, number>();
  const take = ({ topic, partition, offset, timestamp }: IncomingMessage) => {
    const place = placeOf(topic, partition, BigInt(offset));
    if (wanted.has(place)) times.set(place, timestamp);
  };
  for (const round of inRounds(filled)) await readRanges(kafka, round, take);
  return times;
}

/** Groups of one topic stand at several places of a partition, and a reading has only one at a time. */
function inRounds(ranges: readonly OffsetRange[]): OffsetRange[][] {
  const rounds: Map<string, OffsetRange>[] = [];
  for (const range of ranges) {
    const partition = `${range.topic}/${range.partition}`;
    const first = { ...range, to: range.from + 1n };
    const taken = rounds.find((round) => {
      const other = round.get(partition);
      return other === undefined || other.from === range.from;
    });
    if (taken) taken.set(partition, first);
    else rounds.push(new Map([[partition, first]]));
  }
  return rounds.map((round) => [...round.values()]);
}

const placeOf = (topic: string, partition: number, offset: bigint) => `${topic}/${partition}/${offset}`;

/** The groups that are further behind than the contract allows. */
export function pastLimits(lags: readonly PartitionLag[]): string[] {
  return [...new Set(lags.map(({ group }) => group))].filter((group) => {
    const own = lags.filter((lag) => lag.group === group);
    const messages = own.reduce((sum, lag) => sum + lag.messages, 0);
    return messages > LAG_LIMITS.messages || own.some((lag) => lag.oldestSeconds > LAG_LIMITS.seconds);
  });
}
