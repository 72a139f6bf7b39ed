/**
 * SQLSTATE classes and codes that speak of the database's condition, not of the statement.
 * Source: PostgreSQL 18, appendix A. 25P04: transaction_timeout; 57014: statement_timeout.
 */
const CONDITION = /^(08...|53...|57...|58...|25P0[34])$/;
/** How Prisma's driver adapter names the same. */
const ADAPTER_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
/** Prisma's own codes for the same. Source: Prisma error reference. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EPIPE',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
/** pg and pg-pool give these no code. */
const MESSAGES =
  /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** Whether a failed statement failed because the database, or the way to it, is not there. */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error, depth = 0; typeof cause === 'object' && cause !== null && depth < 6; depth += 1) {
    const { code, originalCode, kind, message, meta, name } = cause as Record<string, unknown>;
    if (name === 'PrismaClientInitializationError') return true;
    if (typeof kind === 'string' && ADAPTER_KINDS.has(kind)) return true;
    if ([code, originalCode].some(isConditionCode)) return true;
    if (typeof message === 'string' && MESSAGES.test(message)) return true;
    const adapterError = (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
    cause = adapterError ?? (cause as { cause?: unknown }).cause;
  }
  return false;
}

function isConditionCode(code: unknown): boolean {
  return (
    typeof code === 'string' && (CONDITION.test(code) || PRISMA_CODES.has(code) || SOCKET_CODES.has(code))
  );
}
