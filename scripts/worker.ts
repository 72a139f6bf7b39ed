import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import { afterEnd } from '../activities/after-end';
import { Sweeper } from '../activities/sweeper';
import { type Config, ConfigError } from '../platform/config';
import { openDatabase } from '../platform/database/client';
import { databaseTrouble } from '../platform/database/trouble';
import { armFromEnvironment } from '../platform/failpoint';
import type { Logger } from '../platform/logger';
import { OutboxHint } from '../platform/outbox-hint';
import type { RunningRole } from '../platform/role';
import { connectTemporal, temporalEndpoint } from '../platform/temporal/connection';
import { temporalTrouble } from '../platform/temporal/trouble';
import { recheckAvailabilitySignal, workflowIdOf } from '../workflows/messages';
import { openPaymentProvider } from './payment-provider';
import { sagaIsOver } from './saga-is-over';
import { installTemporalLogger } from './temporal-logger';

/**
 * Runs the sagas: workflow code, its activities, and the sweeper.
 * @throws {ConfigError} where the payment provider or the worker's version is not configured.
 */
export async function startWorker(config: Config, logger: Logger): Promise<RunningRole> {
  armFromEnvironment(config.FAILPOINTS);
  installTemporalLogger(logger);
  const database = openDatabase({
    url: config.DATABASE_URL,
    applicationName: 'booking-saga worker',
    poolSize: config.DATABASE_POOL,
    transactionTimeoutMs: 2_000,
    connectTimeoutMs: 1_500,
  });
  const provider = openPaymentProvider(config, database, logger);

  const connection = await NativeConnection.connect(temporalConnection(config));
  // The native connection hides its own state, so health is asked by one that does not.
  const health = connectTemporal(config, []);
  const client = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE });
  const hint = new OutboxHint(database, logger);
  const sweeper = new Sweeper({
    database,
    logger,
    nudge: async (bookingId) => {
      try {
        await client.workflow.getHandle(workflowIdOf(bookingId)).signal(recheckAvailabilitySignal);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  });
  const { gateway } = provider;
  const activities = {
    ...createActivities({
      database,
      gateway,
      onCommit: (fact) => {
        hint.give();
        if (fact === 'booking.confirmed') sweeper.sweepSoon();
      },
    }),
    ...afterEnd({ database, gateway, isSagaOver: sagaIsOver(client), onCommit: () => hint.give() }),
  };

  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    ...(await workflowCode()),
    activities,
    // Each local activity uses one connection; more slots than connections would only wait inside their time-out.
    maxConcurrentLocalActivityExecutions: config.DATABASE_POOL,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    shutdownGraceTime: '10s',
    ...versioning(config),
  });
  let failure: string | undefined;
  const running = worker.run().catch((error: unknown) => {
    failure = `the worker stopped: ${error instanceof Error ? error.message : String(error)}`;
    logger.error({ err: error }, 'the worker stopped');
  });
  sweeper.start();

  return {
    role: 'worker',
    trouble: async () => failure ?? (await databaseTrouble(database)) ?? (await temporalTrouble(health)),
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await sweeper.stop();
      hint.stop();
      await connection.close();
      await health.close();
      await provider.close();
      await database.$disconnect();
    },
  };
}

function temporalConnection(config: Config) {
  return {
    ...temporalEndpoint(config),
    // The API's client sends nothing compressed either; see docs/benchmarks.md.
    grpcCompression: { codec: 'none' } as const,
  };
}

/** The bundle made by the build where there is one; else it is made now, which takes seconds. */
async function workflowCode(): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  const given = process.env.WORKFLOW_BUNDLE ?? join(__dirname, '..', 'workflow-bundle.js');
  if (existsSync(given)) return { workflowBundle: { codePath: given } };
  const bundle = await bundleWorkflowCode({ workflowsPath: require.resolve('../workflows') });
  return { workflowBundle: bundle };
}

/** A versioned worker gets no work until its version is made current, so versioning is off unless asked for. */
function versioning(config: Config): Partial<WorkerOptions> {
  if (config.WORKER_BUILD_ID === undefined) return {};
  if (config.WORKER_BUILD_ID === '')
    throw new ConfigError('WORKER_BUILD_ID is empty; set a build id or unset it');
  return {
    workerDeploymentOptions: {
      version: { deploymentName: config.WORKER_DEPLOYMENT, buildId: config.WORKER_BUILD_ID },
      useWorkerVersioning: true,
      // A booking lives for months: it moves on to the current version, which replays its history or is patched.
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
