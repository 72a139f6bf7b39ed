import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from './postgres';
import { POSTGRES_LOGIN, postgresUrl, untilDatabaseReady } from './postgres-login';
import { GivenServiceError, type ServiceDefinition } from './service-definition';

export const postgresService: ServiceDefinition = {
  name: 'postgres',
  title: 'Postgres',
  setting: 'DATABASE_URL',
  optional: false,
  address: ({ ports }) => postgresUrl(ports.postgres),
  logFile: ({ data }) => join(data, 'postgres.log'),
  checkGiven: async (url) => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
    } catch (error) {
      const reason = (error as Error).message || (error as NodeJS.ErrnoException).code;
      const where = withoutPassword(url);
      throw new GivenServiceError(`DATABASE_URL names ${where}, which cannot be used: ${reason}.`, {
        cause: error,
      });
    } finally {
      await client.end();
    }
  },
  ready: (url, signal) => untilDatabaseReady(Number(new URL(url).port), signal),
  start: ({ data, ports, throwaway }, context) =>
    startPostgres({ port: ports.postgres, folder: join(data, 'postgres'), durable: !throwaway, ...context }),
  container: {
    recipe: ({ ports, throwaway }) => ({
      what: 'Postgres',
      image: 'postgres:18',
      ports: [[ports.postgres, 5432]],
      environment: {
        POSTGRES_USER: POSTGRES_LOGIN.user,
        POSTGRES_PASSWORD: POSTGRES_LOGIN.password,
        POSTGRES_DB: POSTGRES_LOGIN.database,
      },
      // Since 18 the image keeps its data in a folder per version below this one.
      dataPath: throwaway ? undefined : '/var/lib/postgresql',
      command: ['postgres', '-c', 'max_connections=200', '-c', 'timezone=UTC'],
    }),
  },
};

function withoutPassword(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}:${port || 5432}${pathname}`;
  } catch {
    return 'no connection string (postgresql://user:password@host:port/database)';
  }
}
