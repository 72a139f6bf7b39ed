import type { Connection } from '@temporalio/client';

/**
 * Asks Temporal whether it is there.
 * @param timeoutMs how long to wait for its answer, milliseconds
 * @returns undefined where it answers, else what is wrong, in words
 */
export async function temporalTrouble(connection: Connection, timeoutMs = 1000): Promise<string | undefined> {
  try {
    await connection.withDeadline(Date.now() + timeoutMs, () => connection.workflowService.getSystemInfo({}));
    return undefined;
  } catch (error) {
    return `Temporal does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}
