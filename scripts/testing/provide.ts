import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '../../platform/database/migrate';
import { identify } from '../stack/process-identity';
import { sayOnStderr } from '../stack/say';
import { timeSkippingServerExecutable } from '../stack/time-skipping-server';
import { writeWorkflowBundle } from '../workflow-bundle';
import { provideKcat } from './kcat';
import { startStripeMock } from './stripe-mock';
import { startThrowawayStack } from './throwaway-stack';

/** The real parts that tests run against. */
export interface Provided {
  /** DATABASE_URL is a migrated template that nobody connects to: each test file clones it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Brings up the services, the migrated template database and the workflow bundle, side by side. */
export async function provideRealParts(folder: string, signal: AbortSignal): Promise<Provided> {
  const self = identify(process.pid);
  if (!self) throw new Error('This system does not tell when a process started.');
  const stack = startThrowawayStack(self, folder, signal);
  const stripeMock = startStripeMock(sayOnStderr, signal);
  try {
    await mkdir(folder, { recursive: true });
    const [{ environment }, workflowBundle, testServer, mock, kcat] = await Promise.all([
      stack,
      writeWorkflowBundle(join(folder, 'workflow-bundle.js')),
      timeSkippingServerExecutable(sayOnStderr, signal),
      stripeMock,
      provideKcat(sayOnStderr, signal),
      stack.then(({ environment }) => migrate(environment.DATABASE_URL)),
    ]);
    return {
      environment: {
        ...environment,
        TEMPORAL_TEST_SERVER: testServer,
        WORKFLOW_BUNDLE: workflowBundle,
        ...mock.environment,
        ...kcat,
      },
      stop: async () => {
        mock.stop();
        await (await stack).stop();
      },
    };
  } catch (error) {
    await stripeMock.then(
      (mock) => mock.stop(),
      () => undefined, // so did it
    );
    await stack.then(
      (running) => running.stop(),
      () => undefined, // it never came up, and says so in `error`
    );
    throw error;
  }
}
