import type { Transactions } from '../../platform/database/transactions';
import type { IncomingMessage } from '../../platform/kafka/port';

/** From this start on at the same place, its messages are worked on one by one, each with a count of its own. */
export const CAREFUL_FROM = 3;
/** A message started more often than this without an end takes the process with it. */
export const STARTS_AT_MOST = 5;

/**
 * Counts, before it is begun, that work starts at this message.
 * @returns how often it has started there in a row without getting further
 */
export async function countStart(
  transactions: Transactions,
  groupId: string,
  { topic, partition, offset }: IncomingMessage,
): Promise<number> {
  const [row] = await transactions.query<{ starts: number }>(
    `INSERT INTO consumers.in_hand AS known (group_id, topic, partition, "offset", starts)
     VALUES ($1, $2, $3, $4, 1)
     ON CONFLICT (group_id, topic, partition) DO UPDATE
       SET "offset" = EXCLUDED."offset", started_at = now(),
           starts = CASE WHEN known."offset" = EXCLUDED."offset" THEN known.starts + 1 ELSE 1 END
     RETURNING starts`,
    [groupId, topic, partition, offset],
  );
  return row?.starts ?? 1;
}

/** Work that started here was given up in good order: it does not count. */
export async function forgetStart(
  transactions: Transactions,
  groupId: string,
  { topic, partition, offset }: IncomingMessage,
): Promise<void> {
  await transactions.query(
    `UPDATE consumers.in_hand SET starts = starts - 1
     WHERE group_id = $1 AND topic = $2 AND partition = $3 AND "offset" = $4 AND starts > 0`,
    [groupId, topic, partition, offset],
  );
}
