import type { Database } from './client';

/** Asks Postgres whether it is there: undefined where it answers, else what is wrong, in words. */
export async function databaseTrouble(database: Database): Promise<string | undefined> {
  try {
    await database.$queryRaw`SELECT 1`;
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `Postgres does not answer: ${text.replace(/\s+/g, ' ').trim().slice(0, 200)}`;
  }
}
