import { randomUUID } from 'node:crypto';
import { KafkaJSGroupCoordinatorNotFound } from 'kafkajs';
import { type KafkaOptions, libraryClient } from './client';
import { incoming } from './incoming';
import { KafkaAway, WATCHER_PREFIX, type Watching, type WatchOptions } from './port';

const PATIENCE = {
  connectMs: 2_000,
  requestMs: 30_000,
  retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
};

const HEARTBEAT_MS = 1_000;

/** A broker that is up but makes many topics, its own for groups among them, may take this often as long. */
const COORDINATOR_ATTEMPTS = 5;

/** Reads topics as a throwaway group; see {@link Kafka.watch}. */
export async function watch(options: KafkaOptions, wanted: WatchOptions): Promise<Watching> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await watchOnce(options, wanted);
    } catch (error) {
      if (attempt === COORDINATOR_ATTEMPTS || !isWithoutCoordinator(error)) throw error;
    }
  }
}

function isWithoutCoordinator(error: unknown): boolean {
  return error instanceof KafkaAway && error.cause instanceof KafkaJSGroupCoordinatorNotFound;
}

async function watchOnce(options: KafkaOptions, wanted: WatchOptions): Promise<Watching> {
  const client = libraryClient(options, PATIENCE);
  const groupId = `${WATCHER_PREFIX}${randomUUID()}`;
  const consumer = client.consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 250,
    heartbeatInterval: HEARTBEAT_MS,
    ...(wanted.persists === false && { retry: { ...PATIENCE.retry, restartOnFailure: async () => false } }),
  });
  let aliveAt = performance.now();
  consumer.on(consumer.events.HEARTBEAT, () => {
    aliveAt = performance.now();
  });
  let watching = false;
  const assigned = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.GROUP_JOIN, () => {
      aliveAt = performance.now();
      wanted.onAssigned?.();
      resolve();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      // The library starts again by itself after what it holds to be passing, as a coordinator that is still loading.
      if (payload.restart) return;
      if (watching) wanted.onCrash(payload.error);
      else reject(payload.error);
    });
  });
  const stop = async () => {
    await consumer.disconnect();
    const admin = client.admin();
    try {
      await admin.connect();
      await admin.deleteGroups([groupId]);
    } catch (error) {
      // The broker forgets an empty group by itself later on.
      options.logger.debug({ err: error, groupId }, 'the throwaway group was left to the broker');
    } finally {
      await admin.disconnect();
    }
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...wanted.topics], fromBeginning: wanted.fromBeginning });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        await wanted.onMessage(incoming(topic, partition, message));
      },
    });
    await assigned;
    for (const { topic, partition, from } of wanted.from ?? []) {
      consumer.seek({ topic, partition, offset: from.toString() });
    }
    watching = true;
    return {
      get silentMs() {
        return performance.now() - aliveAt;
      },
      stop,
    };
  } catch (error) {
    assigned.catch(() => undefined); // the same failure, already thrown below
    await consumer.disconnect();
    throw new KafkaAway(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
