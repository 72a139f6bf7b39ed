import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The address that `npm test` provides for a real part. */
export function provided(
  name: 'DATABASE_URL' | 'KAFKA_BROKERS' | 'TEMPORAL_ADDRESS' | 'TEMPORAL_TEST_SERVER' | 'STRIPE_MOCK_URL',
): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run the tests by \`npm test\`, which starts the real parts`);
  return value;
}

export interface TestDatabase {
  readonly url: string;
  /** Runs SQL beside the product, to look or to interfere. */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** A database of its own for one test file, cloned from the migrated template that `npm test` provides. */
export async function freshDatabase(): Promise<TestDatabase> {
  const template = new URL(provided('DATABASE_URL'));
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asMaintenance(template, `CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href, application_name: 'test' });
  await client.connect();
  return {
    url: url.href,
    async query<Row extends object>(sql: string, values: readonly unknown[] = []) {
      return (await client.query<Row>(sql, [...values])).rows;
    },
    async close() {
      await client.end();
      await asMaintenance(template, `DROP DATABASE ${name} WITH (FORCE)`, name);
    },
  };
}

async function asMaintenance(template: URL, sql: string, onceUnused?: string): Promise<void> {
  const url = new URL(template);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    if (onceUnused) await untilUnused(client, onceUnused);
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A pool that has ended may still be hanging up; cutting it off then would fail a test that is over. */
async function untilUnused(client: Client, database: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const { rows } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [database]);
    if (rows.length === 0 || Date.now() > deadline) return;
  }
}
