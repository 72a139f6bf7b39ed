import type { z } from 'zod';
import type { Config } from '../../platform/config';
import type { Transaction } from '../../platform/database/transactions';
import type { Logger } from '../../platform/logger';

/** The schema of each topic a group reads, by the topic's word in domain/topics.ts, or by its name where it is not ours. */
export type TopicSchemas = Readonly<Record<string, z.ZodType>>;

/** A message that fits its topic's schema, with what its envelope says of it. */
export interface Event<Topic extends string = string, Message = unknown> {
  /** As the group's declaration calls it. */
  readonly topic: Topic;
  readonly message: Message;
  /** The same at every redelivery. */
  readonly eventId: string;
  /** The fact behind it, shared by all messages that tell the same fact: what counts go by. */
  readonly factId: string;
  readonly type: string;
  /** When the fact happened, ISO 8601 UTC. */
  readonly time: string;
  readonly key: string | undefined;
}

/** An event of one of a group's topics; `topic` tells which, and so the type of its message. */
export type EventOf<Schemas extends TopicSchemas> = {
  [Topic in keyof Schemas & string]: Event<Topic, z.output<Schemas[Topic]>>;
}[keyof Schemas & string];

/**
 * What came of an event.
 * - `done`: the handler's writes are committed
 * - `ignored`: it is none of the group's business; committed all the same
 * - `park`: it can never be handled. Nothing is written, and it goes to the dead letters without another try
 */
export type Outcome = 'done' | 'ignored' | { readonly park: string };

/** A table of a group's own, with its schema. It becomes part of statements. */
export type OwnTable = `${string}.${string}`;

/**
 * How what a group keeps is made anew: its tables are emptied and its events are handled again, in a transaction whose
 * `rebuilding` is true. Or why that must never be done: it would have an effect besides the tables.
 */
export type Rebuild =
  | {
      /** Everything that the handler writes; those that refer to others before those. */
      readonly tables: readonly OwnTable[];
      /** Columns that say when or in which order a row was written, and so differ each time. */
      readonly except?: readonly string[];
      /**
       * Which rows of a table follow from the events alone, as an SQL condition; the others depend on the order in which
       * topics were read, and are not compared. Of a table that is left out, all rows.
       */
      readonly compared?: Readonly<Partial<Record<OwnTable, string>>>;
    }
  | { readonly never: string };

/**
 * The part of a group that speaks to somebody else's service, as a mail server. It runs after the handler's transaction
 * is committed and before the event is settled, outside of any transaction of the runner's and without one of its
 * connections: however slow that service is, no other group waits for it.
 */
export interface Delivery {
  /**
   * Sends what the handler wrote down for this event. Comes again for an event until it has once succeeded, also in
   * another process and for one that the inbox knows already, so it must know by itself what has been sent.
   * Its errors are treated as a handler's are.
   * @param ending aborted once nothing further is to be begun
   * @returns false where it left something for that reason, and the event is to come again
   */
  deliver(event: Event, ending: AbortSignal): Promise<boolean>;
  /** Begins what it does of its own accord, besides events: trying again what somebody put off. */
  start(): void;
  /** From now on it begins nothing of its own accord. */
  stop(): void;
  /** Resolves when nothing of it is left. */
  close(): Promise<void>;
}

/**
 * Opens a group's delivery, once for a process. Nothing has to be there yet that it speaks to.
 * @throws {ConfigError} for a setting that is missing
 */
export type OpenDelivery = (config: Config, logger: Logger) => Delivery;

/**
 * A consumer group: what it reads and what it does. Everything else is the runner's: effect once per event, commits,
 * retries, dead letters, the circuit, draining.
 */
export interface Declaration<Schemas extends TopicSchemas> {
  /** The group's id in Kafka. Another name reads everything from the start again. */
  readonly name: string;
  readonly topics: Schemas;
  /**
   * True: many events share one transaction, which is cheaper, and all of them are rolled back and tried one by one
   * where one fails. False, for handlers with an effect outside of Postgres: each event has its own.
   */
  readonly batch: boolean;
  /** See {@link Rebuild}; `npm run rebuild` goes by it. */
  readonly rebuild: Rebuild;
  /**
   * What an event of a group of several topics is about, where those of different topics change the same rows: events
   * that answer the same are handled one after the other, whichever members have them in hand. Without it, batches of
   * different topics would wait for each other's rows in a circle. Undefined: it changes nothing that others do.
   */
  inTurn?(event: EventOf<Schemas>): string | undefined;
  /**
   * Handles one event. May run again whenever its transaction was not committed, so what it does besides writing in
   * `transaction` must bear repeating. An error is tried again, and parked in the end; see {@link InfrastructureFailure}
   * for what is never parked.
   * @param log for alerts; what is logged may be logged again, and is logged also where the transaction is rolled back
   */
  handle(event: EventOf<Schemas>, transaction: Transaction, log?: Logger): Promise<Outcome>;
  /** For groups whose handler writes down what is then to be sent to somebody else's service. */
  readonly openDelivery?: OpenDelivery;
}

/** A declared group as the runner sees it: whoever opens its messages vouches for their types. */
export interface Group
  extends Pick<Declaration<TopicSchemas>, 'name' | 'topics' | 'batch' | 'rebuild' | 'openDelivery'> {
  inTurn?(event: Event): string | undefined;
  handle(event: Event, transaction: Transaction, log?: Logger): Promise<Outcome>;
}

/** Declares a group; its handler's events are typed by its topics' schemas. */
export function defineGroup<const Schemas extends TopicSchemas>(declaration: Declaration<Schemas>): Group {
  return declaration;
}
