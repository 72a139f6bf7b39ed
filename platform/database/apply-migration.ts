import { createHash, randomUUID } from 'node:crypto';
import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import { pause } from '../waiting';

/**
 * First line of a migration that Postgres lets run in no transaction: `CREATE INDEX CONCURRENTLY IF NOT EXISTS`, which
 * keeps nobody from writing while it reads a large table. One statement to a file: several would be a transaction again.
 */
const OUTSIDE = '-- not in a transaction\n';
/** Whoever comes behind a migration that waits for its lock waits with it, so it steps back and comes again. */
const LOCK = { waitMs: 1_000, pauseMs: 1_000, attempts: 60 } as const;
/** lock_not_available, deadlock_detected */
const LOCK_TROUBLE: readonly unknown[] = ['55P03', '40P01'];

/** A database that these migrations cannot be applied to; `message` says what to do about it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export function asMigration(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

/**
 * Applies a migration, in one transaction unless it says otherwise, and records it.
 * @throws {MigrationError}
 */
export async function applyMigration(client: Client, migration: Migration): Promise<void> {
  if (migration.sql.startsWith(OUTSIDE)) return applyOutside(client, migration);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await applyWithin(client, migration);
    } catch (error) {
      const locked = error instanceof DatabaseError && LOCK_TROUBLE.includes(error.code);
      if (!locked || attempt === LOCK.attempts) {
        const hint = locked ? ' Look in pg_stat_activity for a transaction that has been open for long.' : '';
        throw failed(migration, `failed and left nothing behind: ${(error as Error).message}.${hint}`, error);
      }
      await pause(LOCK.pauseMs);
    }
  }
}

async function applyWithin(client: Client, migration: Migration): Promise<void> {
  const startedAt = new Date();
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = ${LOCK.waitMs}`);
    await client.query(migration.sql);
    await record(client, migration, startedAt);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** What it leaves behind where it fails or is cut off is an index that is not valid: that one goes, and it begins anew. */
async function applyOutside(client: Client, migration: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    const { rows } = await client.query<{ schema: string; name: string }>(
      `SELECT n.nspname AS schema, c.relname AS name
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT i.indisvalid AND $1 ~ ('\\m' || c.relname || '\\M')`,
      [migration.sql],
    );
    for (const { schema, name } of rows) {
      await client.query(
        `DROP INDEX CONCURRENTLY IF EXISTS ${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
      );
    }
    await client.query(migration.sql);
    await record(client, migration, startedAt);
  } catch (error) {
    throw failed(migration, `failed: ${(error as Error).message}. It can be run again as it is.`, error);
  }
}

async function record(client: Client, { name, checksum }: Migration, startedAt: Date): Promise<void> {
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name, startedAt],
  );
}

function failed({ name }: Migration, what: string, cause: unknown): MigrationError {
  return new MigrationError(`Migration ${name} ${what}`, { cause });
}
