import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { findAbove } from '../find-above';

/** The lock `prisma migrate` takes too, so that the two never work at once. */
const PRISMA_LOCK = 72707369;

/** A database that these migrations cannot be applied to; `message` says what to do about it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/**
 * Brings a database to the newest schema: applies what is missing of prisma/migrations, in order, each in a
 * transaction. Records it as `prisma migrate deploy` does, whose engine need not be had where this runs.
 * @returns the names of the migrations it applied, none when the database was up to date.
 * @throws {MigrationError} when a migration fails, or one already applied has been edited since.
 */
export async function migrate(databaseUrl: string, folder = migrationsFolder()): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'booking-saga-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    // As Prisma does. By default a schema named like the user would come first, and there is a schema `booking`.
    await client.query('SET search_path TO public');
    await client.query(MIGRATIONS_TABLE);
    const { rows } = await client.query<AppliedRow>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const pending = (await readMigrations(folder)).filter((migration) => !isApplied(migration, rows));
    for (const migration of pending) await apply(client, migration);
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
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
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

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations
         (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new MigrationError(
      `Migration ${name} failed and left nothing behind: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
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
