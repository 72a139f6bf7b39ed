import { sqlStateOf } from '../../platform/database/sql-state';
import { DatabaseAway } from '../../platform/database/transactions';
import { KafkaAway } from '../../platform/kafka/port';

/**
 * For handlers that speak to something besides Postgres, as a mail server: it is away, and the event shall wait for
 * it. Counts towards the circuit; never parks.
 */
export class InfrastructureFailure extends Error {
  override readonly name = 'InfrastructureFailure';
}

/** Of Node's network calls: nobody there, or gone in the middle of it. */
const NETWORK_CODES: readonly unknown[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];

export type FailureKind = 'infrastructure' | 'handler';

/** Whether what a handler threw is its own failure, or that of what it stands on. */
export function classifyFailure(error: unknown): FailureKind {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    if (
      cause instanceof InfrastructureFailure ||
      cause instanceof DatabaseAway ||
      cause instanceof KafkaAway ||
      NETWORK_CODES.includes((cause as NodeJS.ErrnoException).code)
    ) {
      return 'infrastructure';
    }
  }
  return 'handler';
}

/** Of a statement, and of a whole transaction. */
const OUT_OF_TIME: readonly unknown[] = ['57014', '25P04'];

/** Whether Postgres broke work off because it took too long. */
export function ranOutOfTime(error: unknown): boolean {
  return OUT_OF_TIME.includes(sqlStateOf(error));
}
