import { join } from 'node:path';
import { UnknownDialect } from '../bridge/dialects/table';
import { type Config, ConfigError, readConfig } from '../platform/config';
import { MigrationError } from '../platform/database/apply-migration';
import { migrate } from '../platform/database/migrate';
import { createLogger } from '../platform/logger';
import type { RunningRole } from '../platform/role';
import { InterruptedError, onInterruption, untilAborted } from './interruption';
import { seed } from './seed';
import { startRoles, stopRoles } from './serve';
import { bringUp, killOwned, type Stack } from './stack/bring-up';
import { dataFolder } from './stack/folders';
import { UnobtainableError } from './stack/obtain';
import { PortTakenError, requireFreePort } from './stack/ports';
import { identify } from './stack/process-identity';
import { sayOnStderr } from './stack/say';
import { ServiceDiedError } from './stack/service';
import { GivenServiceError } from './stack/service-definition';
import { AlreadyRunningError, claimRole } from './start-lock';
import { welcome } from './welcome';
import { writeWorkflowBundle } from './workflow-bundle';

/** Errors whose message is all there is to say; of any other the stack is shown. */
const EXPLAINED = [
  ...[AlreadyRunningError, ConfigError, GivenServiceError, InterruptedError, MigrationError],
  ...[PortTakenError, ServiceDiedError, UnknownDialect, UnobtainableError],
];

/** `npm start`: services, schema, demo catalogue and roles, until Ctrl-C. */
async function main(): Promise<void> {
  const owner = identify(process.pid);
  if (!owner) throw new Error('This system does not tell when a process started.');
  const data = dataFolder();
  const interrupted = onInterruption(sayOnStderr, () => killOwned(data, owner));
  const asked = readConfig();
  const logger = createLogger(asked.LOG_LEVEL, asked.ROLE);
  const lock = claimRole(data, asked.ROLE);
  let stack: Stack | undefined;
  let roles: RunningRole[] = [];
  try {
    if (playsApi(asked)) await requireFreePort(asked.PORT, 'the API', 'PORT');
    // A single role joins what is there: it would otherwise take the services with it when it ends.
    const mayStart = asked.ROLE === 'all' && asked.NODE_ENV === 'development';
    const bundle = playsWorker(asked) ? writeWorkflowBundle(join(data, 'workflow-bundle.js')) : undefined;
    bundle?.catch(() => undefined); // awaited below, when the services it is made beside are up
    stack = await bringUp({ owner, mayStart, signal: interrupted });
    if (bundle) process.env.WORKFLOW_BUNDLE = await bundle;
    const { kafka } = stack.services;
    if (kafka.origin === 'none') sayOnStderr(`No Kafka: ${kafka.reason}\n${WITHOUT_KAFKA}`);
    const config = readConfig({ ...process.env, ...stack.environment });
    await prepareDatabase(config);
    interrupted.throwIfAborted();
    roles = await startRoles(config, logger);
    if (playsApi(config)) process.stdout.write(welcome(config, stack, new Date()));
    await untilAborted(interrupted);
  } finally {
    await stopRoles(roles, logger);
    await stack?.stop();
    lock.release();
  }
}

const WITHOUT_KAFKA = 'Bookings go through without it; what listeners should hear waits in the outbox.';

const playsWorker = ({ ROLE }: Config) => ROLE === 'all' || ROLE === 'worker';
const playsApi = ({ ROLE }: Config) => ROLE === 'all' || ROLE === 'api';

async function prepareDatabase(config: Config): Promise<void> {
  const applied = await migrate(config.DATABASE_URL);
  if (applied.length > 0) sayOnStderr(`Database migrated: ${applied.join(', ')}.`);
  if (config.NODE_ENV === 'development') await seed(config.DATABASE_URL);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const explained = EXPLAINED.some((kind) => error instanceof kind);
    sayOnStderr(explained ? (error as Error).message : ((error as Error).stack ?? String(error)));
    process.exit(error instanceof InterruptedError ? 130 : 1);
  },
);
