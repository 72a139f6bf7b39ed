import { startApi } from '../api/start';
import { startBridge } from '../bridge/start';
import { startConsumers } from '../consumers/start';
import { type Config, ConfigError, readConfig } from '../platform/config';
import { createLogger, type Logger } from '../platform/logger';
import { startHealthServer } from '../platform/metrics';
import type { RunningRole } from '../platform/role';
import { startWorker } from './worker';

type StartRole = (config: Config, logger: Logger) => Promise<RunningRole>;

/** In the order they start; they drain in the same order, so that nobody is handed work by one already gone. */
const ROLES: readonly { readonly role: Config['ROLE']; readonly start: StartRole }[] = [
  { role: 'api', start: startApi },
  { role: 'worker', start: startWorker },
  { role: 'bridge', start: startBridge },
  { role: 'consumers', start: startConsumers },
];

/**
 * Starts the roles this process is to play.
 * @throws what a role threw; those started before it are stopped again.
 */
export async function startRoles(config: Config, logger: Logger): Promise<RunningRole[]> {
  const wanted = ROLES.filter(({ role }) => config.ROLE === 'all' || config.ROLE === role);
  const running: RunningRole[] = [];
  for (const { role, start } of wanted) {
    try {
      const own = config.ROLE === role ? logger : createLogger(config.LOG_LEVEL, role);
      running.push(await start(config, own));
    } catch (error) {
      await stopRoles(running, logger);
      throw error;
    }
  }
  // The API answers for its own health on its own port.
  const hasApi = wanted.some(({ role }) => role === 'api');
  if (config.HEALTH_PORT > 0 && !hasApi)
    running.push(await startHealthServer(config.HEALTH_PORT, [...running]));
  return running;
}

/** Drains them one after the other; one that fails to does not keep the rest from it. */
export async function stopRoles(roles: readonly RunningRole[], logger: Logger): Promise<void> {
  for (const role of roles) {
    try {
      await role.stop();
    } catch (error) {
      logger.error({ err: error, role: role.role }, 'did not stop cleanly');
    }
  }
}

/** What the container image runs: the roles alone, over services that are already there. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.LOG_LEVEL, config.ROLE);
  const roles = await startRoles(config, logger);
  logger.info({ roles: roles.map(({ role }) => role) }, 'running');
  const signal = await nextSignal();
  logger.info({ signal }, 'draining');
  await stopRoles(roles, logger);
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
  });
}

if (require.main === module) {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`);
      process.exit(1);
    },
  );
}
