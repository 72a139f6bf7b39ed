import { Client } from 'pg';
import { CannotBeDone } from './kafka-command';

/**
 * A session of a command's own with Postgres, without time limits.
 * @param name shown in pg_stat_activity
 * @throws {CannotBeDone} where Postgres cannot be reached
 */
export async function openSession(url: string, name: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: name });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new CannotBeDone(`Postgres cannot be reached (DATABASE_URL): ${message || code}`, { cause: error });
  }
}
