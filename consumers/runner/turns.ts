import type { Transaction } from '../../platform/database/transactions';
import type { Event, Group } from './group';

/**
 * Waits until it is these events' turn, and keeps others from theirs until the transaction ends. Those of a whole batch
 * are asked for at once and in one order: two batches of different topics that meet in several places wait one for the
 * other, and not each for the other.
 */
export async function takeTurns(
  transaction: Transaction,
  groupId: string,
  { inTurn }: Pick<Group, 'inTurn'>,
  events: readonly Event[],
): Promise<void> {
  const turns = events.flatMap((event) => inTurn?.(event) ?? []);
  if (turns.length === 0) return;
  await transaction.query(
    `SELECT pg_advisory_xact_lock(turn)::text FROM (
       SELECT DISTINCT hashtextextended($1 || ' ' || of, 1) AS turn FROM unnest($2::text[]) AS of ORDER BY turn
     ) turns`,
    [groupId, turns],
  );
}
