import type { Transaction, Transactions } from '../../platform/database/transactions';
import type { Event } from './group';
import { GroupHeld, HOLD_LOCK } from './hold';

/** How long an event is known to have been handled. */
export const INBOX_DAYS = 30;

/**
 * Enters events into a group's inbox, in the transaction of the handler's writes, and answers those that were not in
 * it, each once. Of two members that have the same event in hand, the second one waits here for the first to commit.
 * @throws {GroupHeld} while the group's view is being made anew
 */
export async function enterInbox(
  transaction: Transaction,
  groupId: string,
  events: readonly Event[],
): Promise<Event[]> {
  // One statement, since it runs before every event: the lock is asked for first, and nothing is entered without it.
  const [answer] = await transaction.query<{ free: boolean; entered: string[] }>(
    `WITH hold AS MATERIALIZED (SELECT pg_try_advisory_xact_lock_shared($4, hashtext($1)) AS free),
     entered AS (
       INSERT INTO consumers.inbox (group_id, event_id, day)
       SELECT $1, event.id, event.day FROM hold, unnest($2::text[], $3::date[]) AS event (id, day)
       WHERE hold.free
       ON CONFLICT DO NOTHING
       RETURNING event_id
     )
     SELECT hold.free, ARRAY(SELECT event_id FROM entered) AS entered FROM hold`,
    [groupId, events.map(({ eventId }) => eventId), events.map(({ time }) => time.slice(0, 10)), HOLD_LOCK],
  );
  if (!answer?.free) throw new GroupHeld(`the view of ${groupId} is being made anew`);
  const fresh = new Set(answer.entered);
  // Deleted as it is met: a redelivery may stand in the same batch.
  return events.filter(({ eventId }) => fresh.delete(eventId));
}

/** Makes the inbox's tables of the days to come and drops those of days long gone. */
export async function keepInbox(transactions: Transactions): Promise<void> {
  await transactions.run(async ({ query }) => {
    // Whoever waits for this lock is waited for by every handler.
    await query("SET LOCAL lock_timeout = '1s'");
    await query('SELECT consumers.keep_inbox($1)::text', [INBOX_DAYS]);
  });
}
