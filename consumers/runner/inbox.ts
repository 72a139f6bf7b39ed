import type { Transaction, Transactions } from '../../platform/database/transactions';
import type { Event } from './group';

/** How long an event is known to have been handled. */
export const INBOX_DAYS = 30;

/**
 * Enters events into a group's inbox, in the transaction of the handler's writes, and answers those that were not in
 * it, each once. Of two members that have the same event in hand, the second one waits here for the first to commit.
 */
export async function enterInbox(
  transaction: Transaction,
  groupId: string,
  events: readonly Event[],
): Promise<Event[]> {
  const entered = await transaction.query<{ event_id: string }>(
    `INSERT INTO consumers.inbox (group_id, event_id, day)
     SELECT $1, event.id, event.day FROM unnest($2::text[], $3::date[]) AS event (id, day)
     ON CONFLICT DO NOTHING
     RETURNING event_id`,
    [groupId, events.map(({ eventId }) => eventId), events.map(({ time }) => time.slice(0, 10))],
  );
  const fresh = new Set(entered.map(({ event_id }) => event_id));
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
