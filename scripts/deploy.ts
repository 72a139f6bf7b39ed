import { Connection, isGrpcServiceError } from '@temporalio/client';
import { ConfigError, readConfig } from '../platform/config';
import { temporalEndpoint } from '../platform/temporal/connection';

const USAGE = `Usage: WORKER_BUILD_ID=BUILD npm run deploy
Makes the worker version BUILD of WORKER_DEPLOYMENT current: from then on its workers get new bookings, and running
ones at their next step. Start workers with the same WORKER_BUILD_ID first; a version that nobody polls is refused.`;

/** How long the server may take to learn of a version whose workers have just started, milliseconds. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 2_000;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/** `npm run deploy`: routes work to the versioned workers of one build. */
async function main(): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(`${USAGE}\n`);
  const config = readConfig();
  const buildId = config.WORKER_BUILD_ID;
  if (!buildId) throw new ConfigError(`WORKER_BUILD_ID is not set.\n\n${USAGE}`);
  const connection = await Connection.connect(temporalEndpoint(config));
  try {
    const begun = Date.now();
    while (!(await makeCurrent(connection, config.TEMPORAL_NAMESPACE, config.WORKER_DEPLOYMENT, buildId))) {
      const waited = Date.now() - begun;
      if (waited > PATIENCE_MS) {
        throw new ConfigError(
          `No worker of ${config.WORKER_DEPLOYMENT} ${buildId} polls. Start one with WORKER_BUILD_ID=${buildId}.`,
        );
      }
      const seconds = Math.round(waited / 1000);
      process.stderr.write(`Waiting for a worker of ${config.WORKER_DEPLOYMENT} ${buildId} … ${seconds} s\n`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    process.stdout.write(`${config.WORKER_DEPLOYMENT} ${buildId} is current.\n`);
  } finally {
    await connection.close();
  }
}

/** False while the server does not know of the version, because none of its workers has polled yet. */
async function makeCurrent(
  connection: Connection,
  namespace: string,
  deploymentName: string,
  buildId: string,
): Promise<boolean> {
  try {
    await connection.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName,
      buildId,
      identity: 'booking-saga deploy',
    });
    return true;
  } catch (error) {
    const isUnknown =
      isGrpcServiceError(error) && (error.code === NOT_FOUND || error.code === FAILED_PRECONDITION);
    if (!isUnknown) throw error;
    return false;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
