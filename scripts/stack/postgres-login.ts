import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** User, password and database of a Postgres that is ours alone, on this machine's loopback. */
export const POSTGRES_LOGIN = { user: 'booking', password: 'booking', database: 'booking' } as const;

/** Connection string of a database on a local Postgres of ours. */
export function postgresUrl(port: number, database: string = POSTGRES_LOGIN.database): string {
  return `postgresql://${POSTGRES_LOGIN.user}:${POSTGRES_LOGIN.password}@127.0.0.1:${port}/${database}`;
}

/** SQLSTATEs of invalid_authorization_specification and invalid_password. */
const WRONG_LOGIN = ['28000', '28P01'];

/** Waits until the server takes connections, and makes the database the first time. */
export async function untilDatabaseReady(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const client = new Client({
      connectionString: postgresUrl(port, 'postgres'),
      connectionTimeoutMillis: 2_000,
    });
    client.on('error', () => undefined); // the query below fails with the same error
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
        POSTGRES_LOGIN.database,
      ]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${POSTGRES_LOGIN.database}`);
      return;
    } catch (error) {
      // Refused, starting up, too busy to answer in time: all of these pass. A wrong login does not.
      if (WRONG_LOGIN.includes((error as { code?: string }).code ?? '')) throw error;
      signal.throwIfAborted();
      await sleep(50, undefined, { signal });
    } finally {
      await client.end();
    }
  }
}
