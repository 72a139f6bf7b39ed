import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BookingId } from '../../domain/ids';
import { freePort } from '../../scripts/stack/ports';
import { workflowIdOf } from '../../workflows/messages';
import { type Child, startChild } from '../child';
import { Confirmations } from '../confirmations';
import type { Contender, ContenderDatabase, ContenderRecipe, Ground } from '../contender';
import { readStatements } from '../statements';
import { hearConfirmed, type ProductWatch } from './watch';

/** Settings of the product's own that may differ from its defaults. */
export type ProductSettings = Readonly<Record<string, string>>;

/** The product as it is run in production: api, worker and bridge in a process each. */
export function productContender(name: string, settings: ProductSettings = {}): ContenderRecipe {
  return { name, start: (ground) => start(name, settings, ground) };
}

async function start(name: string, settings: ProductSettings, ground: Ground): Promise<Contender> {
  const database = await ground.freshDatabase(name.replaceAll(/\W+/g, '_').toLowerCase());
  const watch = await hearConfirmed(database, new Confirmations());
  const port = await freePort();
  const common = {
    ...{ NODE_ENV: 'development', LOG_LEVEL: 'info', HEALTH_PORT: '0', PORT: String(port) },
    ...{ TEMPORAL_ADDRESS: ground.temporalAddress, TEMPORAL_TASK_QUEUE: name },
    KAFKA_BROKERS: ground.kafkaBrokers,
    PAYMENT_SIMULATOR_DATABASE_URL: database.urlFor('bench_simulator'),
    WORKFLOW_BUNDLE: await ground.bundle(require.resolve('../../workflows')),
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...settings,
  };
  const roles = (['worker', 'bridge', 'api'] as const).map((role) =>
    startChild({
      name: role,
      script: require.resolve('../../scripts/serve'),
      nodeFlags: ground.nodeFlags,
      env: { ...common, ROLE: role, DATABASE_URL: database.urlFor(`bench_${role}`) },
      logFile: join(ground.folder, `${name} ${role}.log`.replaceAll(/[^\w.]+/g, '-')),
    }),
  );
  const stop = async () => {
    await Promise.all(roles.map((role) => role.stop()));
    await watch.close();
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    await Promise.race([untilReady(url), ...roles.map((role) => role.failed)]);
    return running(name, url, roles, database, watch, ground, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function running(
  name: string,
  url: string,
  roles: readonly Child[],
  database: ContenderDatabase,
  watch: ProductWatch,
  ground: Ground,
  stop: () => Promise<void>,
): Contender {
  return {
    name,
    url,
    confirmations: watch.confirmations,
    cpu: () => Object.fromEntries(roles.map((role) => [role.name, role.cpu()])),
    statements: () => readStatements(ground.postgres, database.name),
    workflowIdOf: (bookingId) => workflowIdOf(bookingId as BookingId),
    settled: () => watch.workedOff(ground.kafkaBrokers !== ''),
    stop,
  };
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false, // not listening yet; the caller hears of a process that ended
    );
    if (answered) return;
    await sleep(100);
  }
}
