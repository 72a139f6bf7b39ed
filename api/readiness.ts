import { databaseTrouble } from '../platform/database/trouble';
import type { ApiDeps } from './deps';

const TIMEOUT_MS = 1500;

/** What keeps the API from doing its work, in words; empty while all is well. Asks Postgres and Temporal each time. */
export async function troubles({ database, saga }: Pick<ApiDeps, 'database' | 'saga'>): Promise<string[]> {
  const found = await Promise.all([
    inTime('Postgres', databaseTrouble(database)),
    inTime('Temporal', saga.trouble()),
  ]);
  return found.filter((trouble) => trouble !== undefined);
}

async function inTime(what: string, check: Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${what} did not answer within ${TIMEOUT_MS} ms`), TIMEOUT_MS);
  });
  return await Promise.race([check, late]).finally(() => clearTimeout(timer));
}
