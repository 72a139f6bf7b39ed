import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { findAbove } from '../find-above';
import { pause } from '../waiting';
import { applyMigration, asMigration, type Migration, MigrationError } from './apply-migration';

/** The lock `prisma migrate` takes too, so that the two never work at once. */
const PRISMA_LOCK = 72707369;
const LOCK_POLL_MS = 200;

interface AppliedRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/**
 * Brings a database to the newest schema: applies what is missing of prisma/migrations, in order, each in a
 * transaction unless it says otherwise. Records it as `prisma migrate deploy` does, whose engine need not be had where this runs.
 * @returns the names of the migrations it applied, none when the database was up to date.
 * @throws {MigrationError} when a migration fails, or one already applied has been edited since.
 */
export async function migrate(databaseUrl: string, folder = migrationsFolder()): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'booking-saga-migrate' });
  await client.connect();
  try {
    await takeTurn(client);
    // As Prisma does. By default a schema named like the user would come first, and there is a schema `booking`.
    await client.query('SET search_path TO public');
    await client.query(MIGRATIONS_TABLE);
    const { rows } = await client.query<AppliedRow>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const pending = (await readMigrations(folder)).filter((migration) => !isApplied(migration, rows));
    for (const migration of pending) await applyMigration(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end(); // gives the lock back
  }
}

/** prisma/migrations of the project, from the sources and from dist/ alike. */
function migrationsFolder(): string {
  const folder = findAbove(__dirname, 'prisma', 'migrations');
  if (!folder) throw new MigrationError(`prisma/migrations is not to be found above ${__dirname}.`);
  return folder;
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      return asMigration(name, await readFile(join(folder, name, 'migration.sql'), 'utf8'));
    }),
  );
}

function isApplied({ name, checksum }: Migration, rows: readonly AppliedRow[]): boolean {
  const row = rows.find((applied) => applied.migration_name === name);
  if (!row) return false;
  if (row.finished_at === null) {
    throw new MigrationError(
      `Migration ${name} was begun by another tool and never finished. Look at what it left behind, then run ` +
        `\`prisma migrate resolve --rolled-back ${name}\` or \`--applied ${name}\`.`,
    );
  }
  if (row.checksum !== checksum) {
    throw new MigrationError(
      `Migration ${name} was edited after this database had applied it. Put the file back as it was and make ` +
        'the change in a new migration; or, where nothing in this database is worth keeping, drop it and start again.',
    );
  }
  return true;
}

/**
 * Asks again and again rather than waiting at the lock: an index that is built concurrently waits for every statement
 * that is under way, and would wait for that one.
 */
async function takeTurn(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      PRISMA_LOCK,
    ]);
    if (rows[0]?.taken) return;
    await pause(LOCK_POLL_MS);
  }
}

/** Exactly the table Prisma makes. */
const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;
