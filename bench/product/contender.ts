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

const APART = ['worker', 'bridge', 'api'] as const;
const TOGETHER = ['all'] as const;

/** How one product may differ from another. */
export interface ProductVariant {
  /** Settings of the product's own that differ from its defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `one`: as `npm start` runs it; all statements then count as the worker's. @default three */
  readonly processes?: 'three' | 'one';
  /** Folder with a compiled build. @default the one this code is part of */
  readonly build?: string;
}

const THIS_BUILD = join(__dirname, '..', '..');

/** The product as it is run in production, except for what is said otherwise. */
export function productContender(name: string, variant: ProductVariant = {}): ContenderRecipe {
  return { name, start: (ground) => start(name, variant, ground) };
}

async function start(name: string, variant: ProductVariant, ground: Ground): Promise<Contender> {
  const { settings = {}, processes = 'three', build = THIS_BUILD } = variant;
  const parts = processes === 'one' ? TOGETHER : APART;
  const database = await ground.freshDatabase(name.replaceAll(/\W+/g, '_').toLowerCase());
  const watch = await hearConfirmed(database, new Confirmations());
  const port = await freePort();
  const common = {
    ...{ NODE_ENV: 'development', LOG_LEVEL: 'info', HEALTH_PORT: '0', PORT: String(port) },
    ...{ TEMPORAL_ADDRESS: ground.temporalAddress, TEMPORAL_TASK_QUEUE: name },
    KAFKA_BROKERS: ground.kafkaBrokers,
    PAYMENT_SIMULATOR_DATABASE_URL: database.urlFor('bench_simulator'),
    WORKFLOW_BUNDLE: await ground.bundle(join(build, 'workflows', 'index.js')),
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...settings,
  };
  const roles = parts.map((role) =>
    startChild({
      name: role,
      script: join(build, 'scripts', 'serve.js'),
      nodeFlags: ground.nodeFlags,
      env: {
        ...common,
        ROLE: role,
        DATABASE_URL: database.urlFor(role === 'all' ? 'bench_worker' : `bench_${role}`),
      },
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
