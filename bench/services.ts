import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { migrate } from '../platform/database/migrate';
import { bringUp, type Stack } from '../scripts/stack/bring-up';
import { freePort } from '../scripts/stack/ports';
import { startPostgres } from '../scripts/stack/postgres';
import { identify } from '../scripts/stack/process-identity';
import { sayOnStderr } from '../scripts/stack/say';
import type { StackSettings } from '../scripts/stack/settings';
import type { ContenderDatabase } from './contender';
import { type CpuAccount, canTellCpu, cpuOf, cpuOfFamily } from './cpu';

/** The users that the product's roles connect as, each counted by itself. */
export const DATABASE_ROLES = ['bench_api', 'bench_worker', 'bench_bridge', 'bench_simulator'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** Postgres, Kafka and Temporal of one run, as `npm start` runs them: durable, on files. */
export interface BenchServices {
  readonly temporalAddress: string;
  /** Empty where there is no Kafka. */
  readonly kafkaBrokers: string;
  /** Connected to the maintenance database, which has pg_stat_statements. */
  readonly postgres: Client;
  freshDatabase(name: string): Promise<ContenderDatabase>;
  /** Processor time so far of those services whose processes can be seen. */
  cpu(): CpuAccount;
  stop(): Promise<void>;
}

/** Brings up services of this run's own. Addresses in the environment are passed over: nothing else shall run there. */
export async function startServices(folder: string, signal: AbortSignal): Promise<BenchServices> {
  const owner = identify(process.pid);
  if (!owner) throw new Error('This system does not tell when a process started.');
  const settings = await benchSettings(folder);
  await preloadStatementCounter(settings);
  const { DATABASE_URL, KAFKA_BROKERS, TEMPORAL_ADDRESS, ...env } = process.env;
  const stack = await bringUp({ owner, env, settings, signal });
  const { environment } = stack;
  const template = new URL(environment.DATABASE_URL);
  try {
    await migrate(template.href);
    const postgres = await maintenance(template);
    return {
      temporalAddress: environment.TEMPORAL_ADDRESS,
      kafkaBrokers: environment.KAFKA_BROKERS,
      postgres,
      freshDatabase: (name) => cloneDatabase(postgres, template, name),
      cpu: () => cpuOfServices(stack),
      async stop() {
        await postgres.end();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function benchSettings(data: string): Promise<StackSettings> {
  const [postgres, kafka, temporal, temporalUi] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  // Not "throwaway": that would switch fsync off and keep workflows in memory, and measure neither's cost.
  return { data, ports: { postgres, kafka, temporal, temporalUi }, throwaway: false };
}

/** pg_stat_statements must be there when Postgres starts: the cluster is made, told so, and stopped again. */
async function preloadStatementCounter({ data, ports }: StackSettings): Promise<void> {
  const postgres = await startPostgres({
    port: ports.postgres,
    folder: join(data, 'postgres'),
    say: sayOnStderr,
  });
  try {
    const client = await maintenance(new URL(postgres.url));
    await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
    for (const role of DATABASE_ROLES) {
      // A member of the owner may do all that the product does, and its statements count as its own.
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'booking' IN ROLE booking`);
    }
    await client.query('CREATE EXTENSION pg_stat_statements');
    await client.end();
  } finally {
    await postgres.stop();
  }
}

async function cloneDatabase(postgres: Client, template: URL, name: string): Promise<ContenderDatabase> {
  const from = template.pathname.slice(1);
  await postgres.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(from)}`);
  return {
    name,
    urlFor(user) {
      const url = new URL(template);
      url.username = user;
      url.pathname = `/${name}`;
      return url.href;
    },
  };
}

async function maintenance(template: URL): Promise<Client> {
  const url = new URL(template);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href, application_name: 'bench' });
  await client.connect();
  return client;
}

function cpuOfServices({ services }: Stack): CpuAccount {
  const { postgres, kafka, temporal } = services;
  if (!canTellCpu) return {};
  const account: Record<string, number> = {};
  for (const [name, service] of Object.entries({ temporal, postgres, kafka })) {
    if (!('record' in service) || service.record.instance.kind !== 'process') continue;
    const { pid } = service.record.instance.identity;
    account[name] = name === 'postgres' ? cpuOfFamily(pid) : cpuOf(pid);
  }
  return account;
}
