import type { Client } from 'pg';
import type { Confirmations } from './confirmations';
import type { CpuAccount } from './cpu';
import type { StatementCount } from './statements';

/** One of the systems that are measured against each other, up and running. */
export interface Contender {
  readonly name: string;
  /** Base address of its REST API: `POST /api/bookings`, `PUT /api/bookings/:id/accept`. */
  readonly url: string;
  /** Which of its bookings are CONFIRMED. */
  readonly confirmations: Confirmations;
  /** Processor time of its own processes so far, by process. */
  cpu(): CpuAccount;
  /** Statements it has had the database run so far, by role; undefined where it has no database. */
  statements(): Promise<readonly StatementCount[] | undefined>;
  /** Workflow id of a booking's saga. */
  workflowIdOf(bookingId: string): string;
  /** Resolves once what confirmed bookings leave behind (outbox, sweeps) is worked off. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** How a contender is brought up over the bench's services. */
export interface ContenderRecipe {
  readonly name: string;
  start(ground: Ground): Promise<Contender>;
}

/** What contenders stand on. */
export interface Ground {
  /** For logs and bundles; removed after the run. */
  readonly folder: string;
  readonly temporalAddress: string;
  /** Empty where there is no Kafka. */
  readonly kafkaBrokers: string;
  /** Where statements are counted. */
  readonly postgres: Client;
  /** For the contenders' processes. */
  readonly nodeFlags: readonly string[];
  /** A migrated database of the contender's own. */
  freshDatabase(name: string): Promise<ContenderDatabase>;
  /**
   * File with the bundled workflow code.
   * @param stackFrames how many frames an Error of workflow code keeps
   */
  bundle(workflowsPath: string, stackFrames?: number): Promise<string>;
}

/** A database in which each role is a user of its own, so that its statements can be told from the others'. */
export interface ContenderDatabase {
  readonly name: string;
  urlFor(user: string): string;
}
