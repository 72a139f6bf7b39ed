import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bringUp, type Stack } from '../stack/bring-up';
import { projectRoot } from '../stack/folders';
import { standInFor } from '../stack/postgres-account';
import { identify, type ProcessIdentity } from '../stack/process-identity';
import { endRecorded, readRecord, SERVICE_NAMES } from '../stack/records';
import { throwawaySettings } from '../stack/settings';

const PARENT = join(projectRoot, '.data');
const ADDRESSES = ['DATABASE_URL', 'KAFKA_BROKERS', 'TEMPORAL_ADDRESS'] as const;

/** The folder that holds all that one test run writes; its name tells whose it is. */
export function throwawayFolder(pid: number): string {
  return join(PARENT, `test-${pid}`);
}

/**
 * Brings up services of their own for one test run, on free ports and with empty data.
 *
 * Addresses in the environment are passed over unless TEST_USE_ENV=1: tests write to what they are given.
 */
export async function startThrowawayStack(
  self: ProcessIdentity,
  folder: string,
  signal: AbortSignal,
): Promise<Stack> {
  const env = { ...process.env };
  if (env.TEST_USE_ENV !== '1') for (const name of ADDRESSES) delete env[name];
  const settings = await throwawaySettings(folder);
  return bringUp({ owner: self, env, settings, signal });
}

/** What test runs left behind that were killed before they could clean up. */
export async function sweepAbandoned(): Promise<void> {
  const entries = await readdir(PARENT).catch(() => []);
  for (const entry of entries) {
    const pid = /^test-(\d+)$/.exec(entry)?.[1];
    if (!pid || identify(Number(pid))) continue;
    const folder = join(PARENT, entry);
    for (const name of SERVICE_NAMES) {
      const record = readRecord(folder, name);
      if (record) await endRecorded(folder, record);
    }
    await removeThrowawayFolder(folder);
  }
}

/** Removes what a test run wrote, also where Postgres had to put its data elsewhere. */
export async function removeThrowawayFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(standInFor(join(folder, 'postgres'))), { recursive: true, force: true });
}
