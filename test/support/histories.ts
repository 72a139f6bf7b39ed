import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

/** Histories by the release that made them. They are never made again: later code must replay them as they are. */
export const HISTORIES = join(__dirname, '..', 'replay', 'histories');
const PROJECT = join(__dirname, '..', '..');

/**
 * With RECORD_HISTORIES=<release>, writes a saga's history as `<release>/<test>.json`. An existing file is left
 * alone, so that recording after a change adds the new endings and touches none of the old.
 */
export async function keepHistory(saga: WorkflowHandle, testName: string): Promise<void> {
  const release = process.env.RECORD_HISTORIES;
  if (!release) return;
  const folder = join(HISTORIES, release);
  await mkdir(folder, { recursive: true });
  const name = testName.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  for (let number = 1; ; number += 1) {
    const file = join(folder, number === 1 ? `${name}.json` : `${name}-${number}.json`);
    if (recordedNow.has(file)) continue;
    recordedNow.add(file);
    if (existsSync(file)) return;
    // Stack traces of failures name this machine's folders, which are nobody else's business.
    const history = historyToJSON(await saga.fetchHistory()).replaceAll(`${PROJECT}/`, '');
    await writeFile(file, `${JSON.stringify(JSON.parse(history))}\n`);
    return;
  }
}

const recordedNow = new Set<string>();
