import { ApplicationFailure } from '@temporalio/activity';
import { isConditionOfDatabase, sqlStateOf } from '../platform/database/sql-state';

/** Raised by booking.commit_step when another fact stands where this one should go. */
const CONFLICT = 'BS001';

/** How a failed statement is told apart: in the Web UI, and by an undo that may give way to the next one. */
export type DatabaseFailureType = 'DatabaseUnavailable' | 'StepConflict' | 'StepDefect';

/**
 * Runs a statement and turns what it throws into an ApplicationFailure of a {@link DatabaseFailureType}.
 * All are retryable: an outage heals, and a defect is mended by the next release while the saga waits.
 */
export async function databaseFailure<T>(what: string, statement: () => Promise<T>): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    const type = classify(error);
    throw ApplicationFailure.retryable(`${what}: ${messageOf(error)}`, type);
  }
}

export function classify(error: unknown): DatabaseFailureType {
  const state = sqlStateOf(error);
  if (state === CONFLICT) return 'StepConflict';
  if (state === undefined || isConditionOfDatabase(state)) return 'DatabaseUnavailable';
  return 'StepDefect';
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
