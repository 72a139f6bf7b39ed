import { ApplicationFailure } from '@temporalio/activity';

/**
 * SQLSTATEs that speak of the database's condition, not of the statement: connections, resources, shutdown,
 * time-outs, and transactions that lost against another and may simply run again.
 * Source: PostgreSQL 18, appendix A.
 */
const INFRASTRUCTURE = /\b(08\w{3}|53\w{3}|57\w{3}|58\w{3}|25P04|25P03|40001|40P01|55P03)\b/;
const SQLSTATE = /\b[0-9A-Z]{2}[0-9P]\d{2}\b/;
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
  if (state === undefined || INFRASTRUCTURE.test(state)) return 'DatabaseUnavailable';
  return 'StepDefect';
}

/** Prisma hands the driver's code on in several places, depending on where the statement failed. */
function sqlStateOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause && typeof cause === 'object' && depth < 5; depth += 1) {
    const { code, originalCode, meta } = cause as {
      code?: unknown;
      originalCode?: unknown;
      meta?: { code?: unknown };
    };
    const driverCause = (meta as { driverAdapterError?: { cause?: unknown } } | undefined)?.driverAdapterError
      ?.cause;
    for (const candidate of [originalCode, meta?.code, code]) {
      if (
        typeof candidate === 'string' &&
        (candidate === CONFLICT || SQLSTATE.test(candidate)) &&
        !/^P\d{4}$/.test(candidate)
      ) {
        return candidate;
      }
    }
    cause = driverCause ?? (cause as { cause?: unknown }).cause;
  }
  return undefined;
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
