import type { ContainerRecipe } from './container';
import type { ServiceName } from './records';
import type { RunningService, StartContext } from './service';
import type { StackSettings } from './settings';

/** Everything in which the three services differ; bring-up.ts treats them alike. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly title: string;
  /** The setting that names one that is already there. */
  readonly setting: 'DATABASE_URL' | 'KAFKA_BROKERS' | 'TEMPORAL_ADDRESS';
  /** The product runs without it, in a lesser way. */
  readonly optional: boolean;
  /** What clients connect with, when it is one of ours. */
  address(settings: StackSettings): string;
  uiUrl?(settings: StackSettings): string | undefined;
  /** Where it writes what it has to say. */
  logFile(settings: StackSettings): string;
  /**
   * Makes sure that a service named by the setting can be used.
   * @throws {Error} with a sentence for people.
   */
  checkGiven(address: string, env: NodeJS.ProcessEnv): Promise<void>;
  /** Resolves once it really answers; rejects when the signal ends the wait. */
  ready(address: string, signal: AbortSignal): Promise<void>;
  start(settings: StackSettings, context: StartContext): Promise<RunningService>;
  readonly container: {
    recipe(settings: StackSettings): ContainerRecipe;
    /** A line in its log without which answering means nothing: engines accept connections at once. */
    readonly startedLine?: string;
  };
}

/** An address from the environment at which nothing usable was found. */
export class GivenServiceError extends Error {
  override readonly name = 'GivenServiceError';
}
