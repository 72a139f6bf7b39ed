import type { WorkerOptions } from '@temporalio/worker';

/** How the empty saga's steps are run. */
export interface StepKinds {
  /** What a step that only touches the database is. Money is always a regular activity. */
  readonly database: 'local' | 'regular';
  /** Whether a worker may be handed a regular activity with the answer to the workflow task that scheduled it. */
  readonly eager: boolean;
}

/** Everything in which one empty saga may differ from another. */
export interface EmptySettings {
  readonly kinds: StepKinds;
  /** Which workflow code runs: the empty one, or the product's own over activities that do nothing. */
  readonly saga: 'empty' | 'product';
  /** Of the worker's native connection; the SDK's own default is gzip. */
  readonly compression: 'gzip' | 'none';
  /** API and worker in one process, or each in its own. */
  readonly processes: 'one' | 'two';
  /** The API's: the client's own (grpc-js), or a native one, which it shares with a worker in its process. */
  readonly connection: 'native' | 'own';
  readonly pollers: 'autoscaling' | 'fixed';
  readonly cachedWorkflows?: number | undefined;
  /** Of an Error in workflow code; the SDK takes one for every promise. V8's own default is 10. */
  readonly stackFrames?: number | undefined;
}

/** As the product runs. */
export const LIKE_THE_PRODUCT: EmptySettings = {
  kinds: { database: 'local', eager: true },
  saga: 'empty',
  compression: 'none',
  processes: 'two',
  connection: 'own',
  pollers: 'autoscaling',
};

/** What a process of the empty saga is told. */
export interface EmptyOrder extends EmptySettings {
  readonly roles: readonly ('api' | 'worker')[];
  readonly address: string;
  readonly taskQueue: string;
  readonly bundle: string;
}

/** The SDK's defaults are fixed numbers of pollers. */
export function pollerOptions(pollers: EmptySettings['pollers']): Partial<WorkerOptions> {
  if (pollers === 'fixed') return {};
  return {
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
  };
}
