/*
 * All that the product knows of Kafka. The client library behind it is unmaintained, so nothing outside of this
 * folder may see its types: replacing it means rewriting this folder.
 */

/** A message to be written. `key` decides the partition: murmur2, as the Java clients do. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

type HeaderValue = string | Buffer;

/** What can be written: also what a foreign producer wrote, bytes that are no text, without a key or a value. */
export interface WireMessage {
  readonly topic: string;
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;
}

/** A message as it was read. A message of a foreign producer may lack key and value. */
export interface IncomingMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** When the broker got it, milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The same as bytes, for who hands it on as it came. Absent where it was not read from Kafka. */
  readonly raw?: Omit<WireMessage, 'topic'> | undefined;
}

/** Kafka cannot be reached, or answers with trouble of its own. Trying again is right. */
export class KafkaAway extends Error {
  override readonly name = 'KafkaAway';
}

/** The broker refuses this batch for good: sending the same again would be refused again. Nothing is in flight. */
export class BatchRefused extends Error {
  override readonly name = 'BatchRefused';
  constructor(
    /** Kafka's name of the error, as MESSAGE_TOO_LARGE. */
    readonly refusal: string,
    options?: ErrorOptions,
  ) {
    super(`Kafka refuses the batch: ${refusal}`, options);
  }
}

/** Writes in order, acknowledged by all in-sync replicas, without duplicates of its own making. */
export interface KafkaProducer {
  /**
   * Sends one batch; resolves once all of it is acknowledged. One batch at a time.
   * Retries until `deadlineMs` is over and writes nothing to the network after that.
   *
   * @throws {BatchRefused} for good
   * @throws {KafkaAway} the deadline passed. What became of the batch is unknown, so only the same array may be
   * sent next: under the same sequence numbers the broker recognises what it already has.
   */
  sendBatch(messages: readonly WireMessage[], deadlineMs: number): Promise<void>;
  /** Whether a batch was sent and neither acknowledged nor refused. */
  readonly unsettled: boolean;
  /** Ends it at once: no byte is written after this call. */
  cut(): Promise<void>;
}

export interface TopicOrder {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly retentionMs: number;
}

export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly retentionMs: number | undefined;
  /** Messages that can still be read, over all partitions. */
  readonly messages: number;
}

export interface GroupDescription {
  readonly groupId: string;
  readonly state: string;
  readonly members: number;
  readonly topics: readonly { readonly topic: string; readonly lag: number }[];
}

/** Offsets of one partition, `[from, to)`. */
export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** Topics and groups. Every call opens a connection and closes it again: none of this is frequent. */
export interface KafkaAdmin {
  /**
   * Creates those that are missing and leaves the others as they are.
   * @returns existing topics with fewer partitions than ordered, `name` with the number they have
   * @throws {KafkaAway}
   */
  ensureTopics(orders: readonly TopicOrder[]): Promise<{ name: string; partitions: number }[]>;
  /** Names of all topics, without Kafka's own. */
  topicNames(): Promise<string[]>;
  describeTopics(names: readonly string[]): Promise<TopicDescription[]>;
  describeGroups(): Promise<GroupDescription[]>;
  /** How many messages of these topics a group has not committed yet; all of them where it never committed any. */
  lagOf(groupId: string, topics: readonly string[]): Promise<{ topic: string; lag: number }[]>;
  /** All that can be read of topics that exist, by partition. */
  rangesOf(topics: readonly string[]): Promise<OffsetRange[]>;
  /** What a group has not committed yet, by partition; of all topics it ever committed where none are named. */
  unreadOf(groupId: string, topics?: readonly string[]): Promise<OffsetRange[]>;
}

/** How the ids of groups begin that watch and commit nothing. */
export const WATCHER_PREFIX = 'watch-';

export interface WatchOptions {
  readonly topics: readonly string[];
  readonly fromBeginning: boolean;
  /** Where to begin in some of the partitions instead. Messages before that may come all the same. */
  readonly from?: readonly Pick<OffsetRange, 'topic' | 'partition' | 'from'>[];
  /** One at a time: what it answers is waited for. Must not fail. */
  readonly onMessage: (message: IncomingMessage) => unknown;
  /**
   * Partitions were assigned, for the first time or anew. What was written just before may have been missed, where
   * nothing is read from the beginning.
   */
  readonly onAssigned?: () => void;
  /**
   * Whether it begins again by itself after a passing failure. That may take half a minute, because it waits for the
   * member that it was itself; who watches anew does so as another group.
   * @default true
   */
  readonly persists?: boolean;
  /** The watching ended by itself; watch again or give up. */
  readonly onCrash: (error: Error) => void;
}

/** Reads on until `stop`. */
export interface Watching {
  /** Milliseconds since the broker last took this for a living reader. A second is usual. */
  readonly silentMs: number;
  stop(): Promise<void>;
}

/** Consecutive messages of one partition, oldest first, in the hands of one member of a group. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly IncomingMessage[];
  /** Aborted when the partition is to be given up: the process drains, the group rebalances, or the broker is lost. */
  readonly ending: AbortSignal;
  /**
   * Everything up to this message has had its effect. The group's offset follows soon, at the end of the batch at the
   * latest, or `now`; where it cannot be committed, what is settled may come again.
   */
  settled(message: IncomingMessage, now?: boolean): Promise<void>;
}

export interface GroupOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * Works through a batch; one at a time for each partition, many at once. Takes as long as it needs, without keeping
   * other partitions waiting. Returns when all is settled, or soon after `ending`: what is not settled comes again.
   * An error ends the reading.
   */
  readonly onBatch: (batch: PartitionBatch) => Promise<void>;
}

/** A member of a group. The first member ever starts at what the topics still hold. */
export interface GroupReading {
  /** Resolves with the reason when the reading has ended by itself. It does not start again. */
  readonly crashed: Promise<Error>;
  /** Milliseconds since the broker last took this for a living member. A second is usual. */
  readonly silentMs: number;
  /** Ends the batches in hand, commits what they settled, and leaves the group. */
  stop(): Promise<void>;
}

export interface Kafka {
  readonly admin: KafkaAdmin;
  /** A producer with an identity of its own; connects with its first batch. */
  producer(): KafkaProducer;
  /**
   * Joins a group and reads its share of the topics, committing only what is settled. Resolves once partitions are
   * assigned.
   * @throws {KafkaAway} also where a topic does not exist
   */
  read(options: GroupOptions): Promise<GroupReading>;
  /**
   * Reads topics as a group nobody shares and of which nothing is left afterwards: no offset is committed.
   * Resolves once the partitions are assigned.
   * @throws {KafkaAway}
   */
  watch(options: WatchOptions): Promise<Watching>;
}
