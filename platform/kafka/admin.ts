import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, ConfigResourceTypes, KafkaJSProtocolError } from 'kafkajs';
import { type KafkaOptions, libraryClient } from './client';
import {
  type GroupDescription,
  type KafkaAdmin,
  KafkaAway,
  type OffsetRange,
  type TopicDescription,
  type TopicOrder,
} from './port';

const RETENTION = 'retention.ms';
const PATIENCE = {
  connectMs: 2_000,
  requestMs: 10_000,
  retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
};

type SmallTopic = { name: string; partitions: number };

/** Topics and groups by the library's admin client. */
export class LibraryAdmin implements KafkaAdmin {
  /** Topics that are being made, and those that are made next. */
  private making: Promise<unknown> = Promise.resolve();
  private next: { readonly orders: TopicOrder[]; readonly made: Promise<SmallTopic[]> } | undefined;

  constructor(private readonly options: KafkaOptions) {}

  /** Groups that start together want the same topics: their orders are gathered, lest they race for them. */
  async ensureTopics(orders: readonly TopicOrder[]): Promise<SmallTopic[]> {
    this.next ??= this.gather();
    this.next.orders.push(...orders);
    const small = await this.next.made;
    return small.filter(({ name }) => orders.some((order) => order.name === name));
  }

  private gather() {
    const orders: TopicOrder[] = [];
    const made = this.making.then(() => {
      this.next = undefined;
      return this.makeMissing([...new Map(orders.map((order) => [order.name, order])).values()]);
    });
    this.making = made.catch(() => undefined); // told to everybody who waits for it
    return { orders, made };
  }

  private makeMissing(orders: readonly TopicOrder[]): Promise<SmallTopic[]> {
    return this.connected(async (admin) => {
      const present = new Set(await admin.listTopics());
      const missing = orders.filter(({ name }) => !present.has(name));
      if (missing.length > 0) {
        // Answers false where another process made them first, which is as good.
        await admin.createTopics({
          topics: missing.map(({ name, partitions, replication, retentionMs }) => ({
            topic: name,
            numPartitions: partitions,
            replicationFactor: replication,
            configEntries: [{ name: RETENTION, value: String(retentionMs) }],
          })),
        });
      }
      const { topics } = await admin.fetchTopicMetadata({ topics: orders.map(({ name }) => name) });
      return topics
        .map(({ name, partitions }) => ({ name, partitions: partitions.length }))
        .filter(({ name, partitions }) => orders.some((o) => o.name === name && o.partitions > partitions));
    });
  }

  topicNames(): Promise<string[]> {
    return this.connected(async (admin) => (await admin.listTopics()).filter(isOurs).sort());
  }

  describeTopics(names: readonly string[]): Promise<TopicDescription[]> {
    return this.connected(async (admin) => {
      if (names.length === 0) return [];
      const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
      const configs = await admin.describeConfigs({
        includeSynonyms: false,
        resources: names.map((name) => ({
          type: ConfigResourceTypes.TOPIC,
          name,
          configNames: [RETENTION],
        })),
      });
      return Promise.all(
        byName(topics).map(async ({ name, partitions }) => {
          const offsets = await admin.fetchTopicOffsets(name);
          const config = configs.resources.find(({ resourceName }) => resourceName === name);
          const retention = config?.configEntries.find(({ configName }) => configName === RETENTION);
          return {
            name,
            partitions: partitions.length,
            replication: Math.max(...partitions.map(({ replicas }) => replicas.length)),
            retentionMs: retention ? Number(retention.configValue) : undefined,
            messages: offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0),
          };
        }),
      );
    });
  }

  describeGroups(): Promise<GroupDescription[]> {
    return this.connected(async (admin) => {
      const { groups } = await admin.listGroups();
      if (groups.length === 0) return [];
      const described = await admin.describeGroups(groups.map(({ groupId }) => groupId));
      const list = await Promise.all(
        described.groups.map(async ({ groupId, state, members }) => ({
          groupId,
          state,
          members: members.length,
          topics: await lagOf(admin, groupId),
        })),
      );
      return list.sort((a, b) => a.groupId.localeCompare(b.groupId));
    });
  }

  lagOf(groupId: string, topics: readonly string[]): Promise<{ topic: string; lag: number }[]> {
    return this.connected((admin) => lagOf(admin, groupId, topics));
  }

  rangesOf(topics: readonly string[]): Promise<OffsetRange[]> {
    return this.connected(async (admin) => {
      const ranges = await Promise.all(topics.map((topic) => rangesOf(admin, topic)));
      return ranges.flat();
    });
  }

  unreadOf(groupId: string, topics?: readonly string[]): Promise<OffsetRange[]> {
    return this.connected(async (admin) => {
      const committed = await admin.fetchOffsets({ groupId, ...(topics && { topics: [...topics] }) });
      const ranges = await Promise.all(
        committed.map(async ({ topic, partitions }) => {
          const at = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
          return (await rangesOf(admin, topic)).map((range) => {
            // Nothing committed there, or what was committed is gone: all that is left is before it.
            const from = at.get(range.partition) ?? range.from;
            return from > range.from ? { ...range, from } : range;
          });
        }),
      );
      return ranges.flat();
    });
  }

  private async connected<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.options.brokers.length === 0) throw new KafkaAway('no broker is configured');
    const admin = libraryClient(this.options, PATIENCE).admin();
    try {
      await admin.connect();
      return await untilLeadersAnswer(() => work(admin));
    } catch (error) {
      throw new KafkaAway(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      await admin.disconnect().catch((error: unknown) => {
        this.options.logger.debug({ err: error }, 'disconnecting the admin client failed');
      });
    }
  }
}

/** The leaders of partitions made a moment ago say for some milliseconds that they are none. */
async function untilLeadersAnswer<T>(work: () => Promise<T>): Promise<T> {
  const ATTEMPTS = 10;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof KafkaJSProtocolError && error.retriable;
      if (!passing || attempt === ATTEMPTS) throw error;
      await sleep(100);
    }
  }
}

function byName<Named extends { name: string }>(list: readonly Named[]): Named[] {
  return [...list].sort((a, b) => a.name.localeCompare(b.name));
}

function isOurs(topic: string): boolean {
  return !topic.startsWith('__');
}

async function rangesOf(admin: Admin, topic: string): Promise<OffsetRange[]> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends
    .map(({ partition, low, high }) => ({ topic, partition, from: BigInt(low), to: BigInt(high) }))
    .sort((a, b) => a.partition - b.partition);
}

async function lagOf(
  admin: Admin,
  groupId: string,
  topics?: readonly string[],
): Promise<{ topic: string; lag: number }[]> {
  const committed = await admin.fetchOffsets({ groupId, ...(topics && { topics: [...topics] }) });
  return Promise.all(
    committed.map(async ({ topic, partitions }) => {
      const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
      const lag = partitions.reduce((sum, { partition, offset }) => {
        const end = ends.get(partition);
        // -1: nothing committed there; the group has all of the partition before it.
        return end ? sum + Number(end.high) - Math.max(Number(offset), Number(end.low)) : sum;
      }, 0);
      return { topic, lag };
    }),
  );
}
