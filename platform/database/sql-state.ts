/**
 * SQLSTATEs that speak of the database's condition, not of the statement: connections, resources, shutdown,
 * time-outs, and transactions that lost against another and may simply run again.
 * Source: PostgreSQL 18, appendix A.
 */
const CONDITION = /\b(08\w{3}|53\w{3}|57\w{3}|58\w{3}|25P04|25P03|40001|40P01|55P03)\b/;
const SQLSTATE = /\b[0-9A-Z]{2}[0-9P]\d{2}\b/;

/** Whether the same statement may succeed later, with nobody changing it. */
export function isConditionOfDatabase(sqlState: string): boolean {
  return CONDITION.test(sqlState);
}

/** The SQLSTATE behind an error, if any. Prisma hands the driver's code on in several places, depending on where the statement failed. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause && typeof cause === 'object' && depth < 5; depth += 1) {
    const { code, originalCode, meta } = cause as {
      code?: unknown;
      originalCode?: unknown;
      meta?: { code?: unknown };
    };
    const driverCause = (meta as { driverAdapterError?: { cause?: unknown } } | undefined)?.driverAdapterError
      ?.cause;
    for (const candidate of [originalCode, meta?.code, code]) {
      // A code of Prisma's own, as P2010, is none.
      if (typeof candidate === 'string' && SQLSTATE.test(candidate) && !/^P\d{4}$/.test(candidate)) {
        return candidate;
      }
    }
    cause = driverCause ?? (cause as { cause?: unknown }).cause;
  }
  return undefined;
}
